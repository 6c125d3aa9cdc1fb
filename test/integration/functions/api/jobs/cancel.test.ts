import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getJob } from '#shared/jobs/job-store.ts';
import { createLane, readPermits } from '#test/fixtures/queue.ts';
import { startApi, success, type TestApi } from '../fixture.ts';

describe('PUT /v3/cancel/{jobId}', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const cancel = (jobId: string) => api.call({ method: 'PUT', path: `/v3/cancel/${jobId}` });
  const record = (jobId: string) => api.call({ path: `/jobs/${jobId}` });

  it('ends a queued job at once and announces it', async () => {
    const jobId = await api.submit();
    const events = api.recorded.events.length;
    expect(await cancel(jobId)).toMatchObject({ statusCode: 200, body: '' });
    expect((await getJob(api.table, jobId))?.state).toBe('cancelled');
    expect(api.recorded.events).toHaveLength(events + 1);
    expect(await cancel(jobId)).toMatchObject({ statusCode: 409, json: { error_code: 'job_already_canceled' } });
  });

  it('ends a scheduled job, frees its permit and wakes dispatch for the next in line', async () => {
    const jobId = await api.submit();
    await api.move(jobId, 'scheduled');
    const dispatches = api.recorded.dispatches;
    expect((await cancel(jobId)).statusCode).toBe(200);
    expect(api.recorded.dispatches).toBe(dispatches + 1);
    const permits = await readPermits(createLane(api.table));
    expect(permits.every(({ freeAt }) => freeAt <= api.clock.now())).toBe(true);
  });

  it('asks for the end of a running job, any number of times', async () => {
    const jobId = await api.submit();
    await api.move(jobId, 'running');
    expect((await cancel(jobId)).statusCode).toBe(200);
    expect((await cancel(jobId)).statusCode).toBe(200);
    expect((await record(jobId)).json).toMatchObject({ status: 'running', cancelRequestedAt: expect.any(String) });
  });

  it('comes too late for a finished job', async () => {
    const jobId = await api.submit();
    await api.end(jobId, success(jobId));
    expect(await cancel(jobId)).toMatchObject({ statusCode: 409, json: { error_code: 'job_completed' } });
  });

  it('succeeds though the event bus is down: dispatch announces the end later, and only then it can be erased', async () => {
    const silent = await startApi({
      bus: {
        eventBusName: 'bus',
        stackName: 'firefly-gateway-test',
        gatewayUrl: 'https://gateway.test',
        eventBridge: { send: async () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'Internal' }] }) } as never,
      },
    });
    const jobId = await silent.submit();
    expect((await silent.call({ method: 'PUT', path: `/v3/cancel/${jobId}` })).statusCode).toBe(200);
    expect(silent.recorded.logs).toContainEqual(
      expect.objectContaining({ jobId, error: expect.stringContaining('event_not_published') }),
    );
    const erased = await silent.call({ method: 'DELETE', path: `/jobs/${jobId}` });
    expect(erased).toMatchObject({ statusCode: 503, headers: { 'retry-after': '60' } });
    expect(await getJob(silent.table, jobId)).toBeDefined();
    await silent.close();
  });
});
