import { afterEach, describe, expect } from 'vitest';
import type { Gateway } from '#test/fixtures/gateway.ts';
import { it, untilAtRest } from '#test/fixtures/shared-gateway.ts';
import { simulatorControl } from '#test/fixtures/simulator-control.ts';

describe('cancelling a job', () => {
  let gateway: Gateway;
  const request = { prompt: 'a windmill', size: { width: 1024, height: 1024 } };
  const cancel = (jobId: string) => gateway.call(`/v3/cancel/${jobId}`, { method: 'PUT' });
  const control = () => simulatorControl(gateway.stack.description.ims);

  it.beforeAll(async ({ gateway: shared }) => {
    gateway = shared;
    await untilAtRest(gateway);
  });
  afterEach(() => control().clearFaults());

  it('cancels a running job at Adobe', async () => {
    await control().addFault({ fault: 'job', generationMs: 600_000, prompt: request.prompt });
    const before = (await control().requests()).length;
    const jobId = await gateway.submit(request);
    await gateway.until(jobId, ['running']);
    expect((await cancel(jobId)).status).toBe(200);
    const job = await gateway.until(jobId);
    expect(job.status).toBe('cancelled');
    expect(job.states.map(({ state }) => state)).not.toContain('storing');
    const calls = (await control().requests()).slice(before).filter(({ path }) => path.startsWith('/v3/cancel/'));
    expect(calls.map(({ status }) => status)).toEqual([200]);
    const status = await (await gateway.call(`/v3/status/${jobId}`)).json();
    expect(status).toMatchObject({ jobId, status: 'cancelled' });
  });

  it('answers 409 for a finished job, with the code Adobe uses', async () => {
    const job = await gateway.until(await gateway.submit(request));
    const answer = await cancel(job.jobId);
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ error_code: 'job_completed' });
  });
});
