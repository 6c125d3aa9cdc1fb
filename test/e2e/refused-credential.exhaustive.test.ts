import { afterEach, describe, expect, vi } from 'vitest';
import { stackNames } from '#local/stack-settings.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';
import { it, untilAtRest } from '#test/fixtures/shared-gateway.ts';
import { simulatorControl } from '#test/fixtures/simulator-control.ts';

describe('a credential that Adobe does not let in for a while', () => {
  let gateway: Gateway;
  const control = () => simulatorControl(gateway.stack.description.ims);
  it.beforeAll(async ({ gateway: shared }) => {
    gateway = shared;
    await untilAtRest(gateway);
  });
  afterEach(() => control().clearFaults());

  const json = async (path: string, init?: RequestInit) =>
    (await (await gateway.call(path, init)).json()) as Record<string, unknown>;
  const dispatch = () => gateway.stack.lambda.invoke(stackNames.functions.dispatch, {});
  const refuse = (body: object, headers: Record<string, string> = {}) =>
    control().addFault({ fault: 'answer', status: 403, body, headers, service: 'firefly', method: 'POST' });
  const untilPaused = (paused: object) =>
    vi.waitFor(
      async () => {
        const { lanes } = (await json('/health/details')) as { lanes: { lane: string; paused?: object }[] };
        // Those of the other services go on.
        expect(lanes.filter((lane) => lane.paused !== undefined)).toMatchObject([{ lane: 'firefly', paused }]);
      },
      { timeout: 120_000, interval: 250 },
    );

  it('costs no job: the queue pauses and says why, and an operator who resumes has it go on', async () => {
    await refuse({ error_code: '403003', message: 'Api Key is invalid' });
    const jobId = await gateway.submit({ prompt: 'a heron' });
    await untilPaused({ reason: 'access_refused', code: '403003', advice: expect.stringContaining('--check') });
    await gateway.until(jobId, ['queued']);
    await control().clearFaults();
    await gateway.call('/queue/resume', { method: 'PUT' });
    expect(await gateway.until(jobId)).toMatchObject({ status: 'succeeded', attempts: 0 });
    // Answers of it are remembered for five seconds; those of the queue are not.
    const { lanes } = (await json('/queue')) as { lanes: { pauses: object[] }[] };
    expect(lanes.flatMap(({ pauses }) => pauses)).toEqual([]);
  });

  it('costs no line of a batch', async () => {
    await refuse({ error_code: 'access_error' }, { 'x-access-error': 'invalid_ims_scope' });
    const requests = ['a crane', 'a stork', 'an ibis'].map((prompt) => ({ body: { prompt } }));
    const { links } = (await json('/batches', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-local-caller': 'refused-credential' },
      body: JSON.stringify({ requests }),
    })) as { links: { self: string } };
    await untilPaused({ reason: 'access_refused', code: 'access_error' });
    await control().clearFaults();
    await vi.waitFor(
      async () => {
        // The three are sent side by side: an answer that was under way may pause the queue once more.
        await gateway.call('/queue/resume', { method: 'PUT' });
        await dispatch();
        const batch = await json(links.self, { headers: { 'x-local-caller': 'refused-credential' } });
        expect(batch).toMatchObject({ status: 'finished', counts: { succeeded: 3 } });
      },
      { timeout: 150_000, interval: 500 },
    );
  });
});
