import { expect } from 'vitest';
import { it } from '#test/fixtures/shared-gateway.ts';
import { isErrorOfApi, sendRawRequests } from './raw-sockets.ts';

it.for([2, 3, 4, 5])(
  'no bytes of seed %i in 2,000 connections get a 5xx or keep a connection open',
  { timeout: 300_000 },
  async (seed, { gateway }) => {
    const before = gateway.logLines.length;
    await sendRawRequests(gateway.url, { seed, count: 2_000 });
    expect(gateway.logLines.slice(before).filter(isErrorOfApi)).toEqual([]);
    expect((await gateway.call('/health')).status).toBe(200);
  },
);
