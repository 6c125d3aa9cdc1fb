import { afterAll, beforeAll, it } from 'vitest';
import { type Servers, startServers } from './rig.ts';
import { readTwice } from './waiting.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

// Before a write is after the one in front of it.
it.each(Array.from({ length: 26 }, (_, index) => index))(
  'counts the requests and places of lines once though the process dies after write %i',
  (index) => readTwice(servers, index),
);
