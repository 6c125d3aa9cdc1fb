import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HttpApiEvent } from '#local/http-api/request-event.ts';
import { type HttpApi, type HttpApiOptions, startHttpApi } from '#local/http-api/start-http-api.ts';
import { openSocket, readAnswer, sendRaw } from './raw-client.ts';

const invokeApi = vi.fn<(event: HttpApiEvent) => Promise<unknown>>();
const errors: unknown[] = [];
let api: HttpApi;

const start = async (options: Partial<HttpApiOptions> = {}) => {
  await api?.close();
  api = await startHttpApi({ invokeApi, onError: (error) => errors.push(error), ...options });
};

beforeEach(async () => {
  invokeApi.mockReset().mockResolvedValue({ statusCode: 200, body: 'ok' });
  errors.length = 0;
  await start();
});

afterEach(() => api.close());

const receivedEvent = (): HttpApiEvent => {
  const [event] = invokeApi.mock.calls[0] ?? [];
  if (!event) throw new Error('The function was not invoked.');
  return event;
};

const expectProblem = (body: unknown, status: number, code: string) => {
  expect(body).toMatchObject({
    type: expect.stringContaining(code),
    title: expect.any(String),
    status,
    error_code: code,
    message: expect.any(String),
  });
};

describe('the event', () => {
  it('has payload format 2.0', async () => {
    await fetch(`${api.url}/v3/status/a%2Fb?x=1&y=%C3%BC&x=2`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'test', Cookie: 'a=1; b=2', 'X-Api-Key': 'key' },
      body: '{"prompt":"Käse"}',
    });
    const host = new URL(api.url).host;
    const event = receivedEvent();
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/v3/status/a%2Fb',
      rawQueryString: 'x=1&y=%C3%BC&x=2',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { x: '1,2', y: 'ü' },
      headers: {
        'content-type': 'application/json',
        'content-length': '18',
        host,
        'x-api-key': 'key',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': new URL(api.url).port,
        'x-forwarded-proto': 'http',
      },
      requestContext: {
        accountId: '000000000000',
        apiId: 'local',
        authorizer: { jwt: { claims: { sub: 'local' } } },
        domainName: host,
        http: {
          method: 'POST',
          path: '/v3/status/a%2Fb',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        requestId: expect.stringMatching(/^[\w-]{36}$/),
        routeKey: '$default',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      body: '{"prompt":"Käse"}',
      isBase64Encoded: false,
    });
    expect(event.headers).not.toHaveProperty('cookie');
  });

  it('has neither body nor query where the request has none', async () => {
    await fetch(`${api.url}/jobs`);
    const event = receivedEvent();
    expect(event.rawQueryString).toBe('');
    expect(event).not.toHaveProperty('queryStringParameters');
    expect(event).not.toHaveProperty('body');
    expect(event).not.toHaveProperty('cookies');
    expect(event.isBase64Encoded).toBe(false);
  });

  it.each([
    ['image/png', Buffer.from([137, 80, 78, 71])],
    ['application/json', Buffer.from([0x7b, 0xff, 0x7d])],
    [undefined, Buffer.from('text')],
  ])('carries a body that is no text in base64 (%s)', async (type, body) => {
    await fetch(api.url, { method: 'PUT', body, headers: type ? { 'content-type': type } : {} });
    expect(receivedEvent()).toMatchObject({ body: body.toString('base64'), isBase64Encoded: true });
  });

  it('joins headers that are given more than once', async () => {
    await sendRaw(api.url, 'GET / HTTP/1.1\r\nHost: x\r\nPrefer: a\r\nprefer: b\r\nConnection: close\r\n\r\n');
    expect(receivedEvent().headers['prefer']).toBe('a,b');
  });

  it('takes a body of unknown length', async () => {
    await sendRaw(
      api.url,
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    );
    expect(receivedEvent()).toMatchObject({ body: 'abc', headers: { 'content-length': '3' } });
  });

  it('names the host that clients call', async () => {
    await start({ gatewayUrl: 'http://gateway.test:8080' });
    await fetch(api.url);
    expect(receivedEvent().requestContext.domainName).toBe('gateway.test:8080');
  });
});

describe('the answer', () => {
  it('is what the function says', async () => {
    invokeApi.mockResolvedValue({
      statusCode: 202,
      headers: { Location: '/jobs/1', 'content-type': 'application/json', 'content-length': '1' },
      cookies: ['a=1', 'b=2'],
      body: '{"jobId":"1"}',
    });
    const answer = await fetch(api.url, { method: 'POST' });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe('/jobs/1');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await answer.json()).toEqual({ jobId: '1' });
  });

  it('may be bytes', async () => {
    invokeApi.mockResolvedValue({
      statusCode: 200,
      body: Buffer.from([1, 255]).toString('base64'),
      isBase64Encoded: true,
    });
    expect([...new Uint8Array(await (await fetch(api.url)).arrayBuffer())]).toEqual([1, 255]);
  });

  it('may be a plain object', async () => {
    invokeApi.mockResolvedValue({ a: 1 });
    const answer = await fetch(api.url);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual({ a: 1 });
  });

  it('has no body for HEAD and 204', async () => {
    const head = await fetch(api.url, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe('2');
    expect(await head.text()).toBe('');
    invokeApi.mockResolvedValue({ statusCode: 204, body: '' });
    expect((await fetch(api.url)).status).toBe(204);
  });

  it.each([
    ['the function fails', () => Promise.reject(new Error('the secret detail'))],
    ['the status is none', () => Promise.resolve({ statusCode: 'many' })],
    ['the body is no text', () => Promise.resolve({ statusCode: 200, body: { a: 1 } })],
    ['a header is not allowed', () => Promise.resolve({ statusCode: 200, headers: { location: 'a\r\nb' } })],
  ])('is a 500 without details if %s', async (_what, result) => {
    invokeApi.mockImplementation(result);
    const answer = await fetch(api.url);
    expect(answer.status).toBe(500);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const body = await answer.text();
    expectProblem(JSON.parse(body), 500, 'internal_error');
    expect(body).not.toContain('secret');
    expect(errors).toHaveLength(1);
  });

  it('is a 503 if the function takes too long, and its late failure does no harm', async () => {
    const { promise, reject } = Promise.withResolvers<unknown>();
    invokeApi.mockReturnValue(promise);
    await start({ integrationTimeoutMs: 50 });
    const answer = await fetch(api.url);
    expectProblem(await answer.json(), 503, 'integration_timeout');
    reject(new Error('late'));
    expect((await fetch(`${api.url}/%ZZ`)).status).toBe(400);
  });
});

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
    expect(invokeApi).not.toHaveBeenCalled();
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
    expect(invokeApi).not.toHaveBeenCalled();
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
    expect(invokeApi).not.toHaveBeenCalled();
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
    expect(receivedEvent()).toMatchObject({ rawPath: '/jobs', rawQueryString: 'a=1' });
  });
});

describe('CORS', () => {
  const allowed = 'https://app.test';
  const preflight = (origin: string) =>
    fetch(api.url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });

  beforeEach(() => start({ cors: { allowOrigins: [allowed] } }));

  it('answers a preflight request itself', async () => {
    const answer = await preflight(allowed);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(allowed);
    expect(answer.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(answer.headers.get('access-control-allow-headers')).toContain('idempotency-key');
    expect(invokeApi).not.toHaveBeenCalled();
  });

  it('lets pages of an allowed origin read answers, errors included', async () => {
    invokeApi.mockResolvedValue({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' }, body: 'ok' });
    for (const path of ['/', '/%ZZ']) {
      const answer = await fetch(`${api.url}${path}`, { headers: { origin: allowed } });
      expect(answer.headers.get('access-control-allow-origin')).toBe(allowed);
      expect(answer.headers.get('access-control-expose-headers')).toBe('Location,Link,Retry-After,Preference-Applied');
      expect(answer.headers.get('vary')).toBe('origin');
    }
  });

  it('allows no other origin', async () => {
    const origin = 'https://app.test.evil';
    for (const answer of [await preflight(origin), await fetch(api.url, { headers: { origin } })]) {
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('leaves other OPTIONS requests to the function', async () => {
    await fetch(api.url, { method: 'OPTIONS' });
    expect(receivedEvent().requestContext.http.method).toBe('OPTIONS');
  });
});

describe('close', () => {
  it('ends connections at once, idle ones, busy ones and broken ones', async () => {
    invokeApi.mockReturnValue(new Promise(() => {}));
    const idle = await openSocket(api.url);
    const busy = await openSocket(api.url);
    const broken = await openSocket(api.url);
    busy.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    broken.write('nonsense\r\n\r\n');
    await vi.waitFor(() => expect(invokeApi).toHaveBeenCalled());
    const ended = Promise.all(
      [idle, busy, broken].map((socket) => {
        socket.on('error', () => {});
        socket.resume();
        return once(socket, 'close');
      }),
    );
    await api.close();
    await ended;
  });
});
