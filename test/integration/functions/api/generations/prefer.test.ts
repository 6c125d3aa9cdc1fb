import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, success, type TestApi } from '../fixture.ts';

describe('Prefer: wait', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  it('answers with the result once there is one', async () => {
    const options = { headers: { prefer: 'respond-async, wait=10', 'idempotency-key': 'waits' } };
    const accepted = await api.generate(undefined, { headers: { 'idempotency-key': 'waits' } });
    await api.end(String(accepted.json['jobId']), success(String(accepted.json['jobId'])));
    const response = await api.generate(undefined, options);
    expect(response).toMatchObject({
      statusCode: 200,
      headers: { 'preference-applied': 'wait=10' },
      json: { size: { width: 2048, height: 2048 }, contentClass: 'photo', outputs: [{ seed: 7 }, { seed: 11 }] },
    });
  });

  it.each([
    ['wait=60', 25_000, 'wait=25'],
    ['respond-async, wait=59', 25_000, 'wait=25'],
    ['wait', 0, undefined],
    ['wait=0', 0, undefined],
    ['wait=2.5', 0, undefined],
  ])('%s is no error: it waits %i ms', async (prefer, waitedMs, applied) => {
    const waiting = await startApi();
    const start = waiting.clock.now();
    const { statusCode, headers } = await waiting.generate(undefined, { headers: { prefer } });
    expect([statusCode, headers['preference-applied']]).toEqual([202, applied]);
    expect(waiting.clock.now() - start).toBe(waitedMs);
    await waiting.close();
  });

  it('answers 202 when the time is over', async () => {
    const waiting = await startApi();
    const start = waiting.clock.now();
    const response = await waiting.generate(undefined, { headers: { prefer: 'wait=3' } });
    expect(response).toMatchObject({ statusCode: 202, headers: { 'preference-applied': 'wait=3' } });
    expect(waiting.clock.now() - start).toBe(3_000);
    await waiting.close();
  });
});
