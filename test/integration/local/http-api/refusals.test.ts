import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { expectProblem, useApi } from './api-under-test.ts';
import { openSocket, readAnswer, sendRaw } from './raw-client.ts';

const api = useApi();

describe('limits', () => {
  it.each(['content-length', 'chunked'])('answers 413 while a huge body is still being sent (%s)', async (framing) => {
    const socket = await openSocket(api.url);
    const bytes = 40 * 1024 * 1024;
    const length = framing === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes}`;
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${length}\r\n\r\n`);
    const answer = readAnswer(socket);
    const chunk = Buffer.alloc(1024 * 1024, 97);
    const framed =
      framing === 'chunked' ? Buffer.concat([Buffer.from('100000\r\n'), chunk, Buffer.from('\r\n')]) : chunk;
    for (let sent = 0; sent < bytes; sent += chunk.length) {
      if (!socket.write(framed)) await once(socket, 'drain');
    }
    if (framing === 'chunked') socket.write('0\r\n\r\n');
    expectProblem(JSON.parse((await answer).body), 413, 'request_too_large');
    await once(socket, 'end');
    socket.destroy();
    expect(api.invokeApi).not.toHaveBeenCalled();
  });

  it('lets fetch read its 413', async () => {
    const answer = await fetch(api.url, { method: 'POST', body: 'x'.repeat(11 * 1024 * 1024) });
    expect(answer.status).toBe(413);
    expectProblem(await answer.json(), 413, 'request_too_large');
  });

  it('tells a client that asks first not to send too much', async () => {
    const answer = await sendRaw(
      api.url,
      'POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n',
    );
    expect(answer.status).toBe(413);
  });

  it('tells a client that asks first to go on', async () => {
    const socket = await openSocket(api.url);
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n');
    const [first] = await once(socket, 'data');
    expect(String(first)).toContain('100 Continue');
    socket.write('ab');
    expect((await readAnswer(socket)).status).toBe(200);
    socket.destroy();
  });

  it('refuses what Lambda would not take', async () => {
    const answer = await fetch(api.url, { method: 'POST', body: 'x'.repeat(6 * 1024 * 1024) });
    expectProblem(await answer.json(), 413, 'request_too_large');
  });

  it('says where an image goes that is too large', async () => {
    const answer = await fetch(api.url, {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: Buffer.alloc(5 * 1024 * 1024),
    });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining('POST /uploads') });
  });

  it('refuses more than 10 KB of headers', async () => {
    const answer = await sendRaw(api.url, `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(10_240)}\r\n\r\n`);
    expectProblem(JSON.parse(answer.body), 431, 'headers_too_large');
  });
});

describe('malformed requests', () => {
  it.each(['/%ZZ', '/jobs/%', '/?x=%ZZ', '/%FF', '//%c3%28'])('are answered with 400: %s', async (target) => {
    const answer = await sendRaw(api.url, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer.head).toContain('application/problem+json');
    expectProblem(JSON.parse(answer.body), 400, 'bad_request');
    expect(api.invokeApi).not.toHaveBeenCalled();
  });

  it.each([
    ['no HTTP', 'nonsense\r\n\r\n'],
    ['an unknown method', 'BREW / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: x\r\n: value\r\n\r\n'],
    ['a length that is no number', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n'],
    ['two framings', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a chunk of no size', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n'],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['no path', 'GET jobs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ])('are answered with 400: %s', async (_what, text) => {
    const answer = await sendRaw(api.url, text);
    expect(answer.head).toContain('application/problem+json');
    expectProblem(JSON.parse(answer.body), 400, 'bad_request');
    expect(api.invokeApi).not.toHaveBeenCalled();
  });

  it('are answered even if the client goes on sending', async () => {
    const socket = await openSocket(api.url);
    const answer = readAnswer(socket);
    socket.write(`nonsense\r\n\r\n`);
    for (let index = 0; index < 100; index += 1) socket.write('more nonsense\r\n'.repeat(1_000));
    expect((await answer).status).toBe(400);
    socket.destroy();
  });

  it('are answered with 417 for an unknown expectation, with 405 for a proxy request', async () => {
    const expectation = await sendRaw(
      api.url,
      'GET / HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nConnection: close\r\n\r\n',
    );
    expectProblem(JSON.parse(expectation.body), 417, 'expectation_failed');
    const tunnel = await sendRaw(api.url, 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n');
    expectProblem(JSON.parse(tunnel.body), 405, 'method_not_allowed');
  });

  it('are answered with the function for a whole URL as the target', async () => {
    await sendRaw(api.url, 'GET http://x/jobs?a=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(api.receivedEvent()).toMatchObject({ rawPath: '/jobs', rawQueryString: 'a=1' });
  });
});
