import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createOpenServers } from '#local/open-servers.ts';

it('closes what was still starting beside a server that failed', async () => {
  const { open, close } = createOpenServers();
  const closed: string[] = [];
  const start = async (name: string, ms: number) => {
    await sleep(ms);
    return { close: async () => void closed.push(name) };
  };
  await open(start('first', 0));
  const fail = async () => {
    throw new Error('port in use');
  };
  await expect(Promise.all([open(start('slow', 20)), open(fail())])).rejects.toThrow('port in use');
  await close();
  expect(closed).toEqual(['slow', 'first']);
});
