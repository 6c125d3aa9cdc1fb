import { expect } from 'vitest';
import { it } from '#test/fixtures/shared-gateway.ts';
import { isErrorOfApi, sendRawRequests } from './raw-sockets.ts';

// Thousands are in raw-sockets.exhaustive.test.ts.
it('whatever bytes come, the gateway answers or ends the connection, never with 5xx, and goes on', async ({
  gateway,
}) => {
  const before = gateway.logLines.length;
  const statuses = await sendRawRequests(gateway.url, { seed: 1, count: 200 });
  for (const status of [200, 400, 404, 405, 413, 431]) expect(Object.keys(statuses)).toContain(String(status));
  expect(gateway.logLines.slice(before).filter(isErrorOfApi)).toEqual([]);
  expect((await gateway.call('/health')).status).toBe(200);
});
