import { describe, expect, it } from 'vitest';
import { startGateway } from '#test/fixtures/gateway.ts';

describe('cancelling before the submit', () => {
  it('ends a waiting job at once, never submits it and leaves its permit to another', async () => {
    const gateway = await startGateway({ settings: { requestsPerMinute: 1, pollSeconds: 1 }, schedules: false });
    const request = { prompt: 'a mill pond', size: { width: 1024, height: 1024 } };
    const first = await gateway.submit(request);
    const waiting = await gateway.submit(request);
    await gateway.until(first, ['running', 'storing', 'succeeded']);
    const answer = await gateway.call(`/v3/cancel/${waiting}`, { method: 'PUT' });
    expect(answer.status).toBe(200);
    expect((await gateway.record(waiting)).status).toBe('cancelled');
    const submits = gateway.stack.simulator?.requests().filter(({ requestId }) => requestId?.startsWith(waiting)) ?? [];
    expect(submits).toEqual([]);
    await gateway.close();
  });
});
