import { expect } from 'vitest';
import { it } from '#test/fixtures/shared-gateway.ts';
import { isErrorOfApi, sendRawRequests } from './raw-sockets.ts';

it.for([2, 3, 4, 5])(
  'no bytes of seed %i in 2,000 connections get a 5xx or keep a connection open',
  { timeout: 300_000 },
  async (seed, { gateway }) => {
    const before = gateway.logLines.length;
    const errors = () => gateway.logLines.slice(before).filter(isErrorOfApi);
    await sendRawRequests(gateway.url, { seed, count: 2_000 }).catch((error: unknown) => {
      throw new Error(`The log has: ${errors().join('\n')}`, { cause: error });
    });
    expect(errors()).toEqual([]);
    expect((await gateway.call('/health')).status).toBe(200);
  },
);
