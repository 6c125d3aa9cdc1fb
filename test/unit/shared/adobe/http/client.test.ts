import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendOnce } from '#shared/adobe/http/client.ts';

const mebibyte = Buffer.alloc(1024 * 1024, 'x');
const end = { sent: 0, closed: false };
let server: Server;
beforeAll(async () => {
  server = createServer((_, response) => {
    const send = () => {
      while (response.write(mebibyte)) end.sent += 1;
    };
    response.on('drain', send).on('close', () => {
      end.closed = true;
    });
    send();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('reads a megabyte of an answer that has no end, and hangs up', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { status, body } = await sendOnce(url, { timeoutMs: 60_000 });
  expect(status).toBe(200);
  expect(body).toBe('x'.repeat(1_000_000));
  await expect.poll(() => end.closed).toBe(true);
  expect(end.sent).toBeLessThan(100);
});
