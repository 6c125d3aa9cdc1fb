import { once } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { expectProblem, useApi } from './api-under-test.ts';
import { openSocket } from './raw-client.ts';

const api = useApi();

describe('the answer', () => {
  it('is what the function says', async () => {
    api.invokeApi.mockResolvedValue({
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
    api.invokeApi.mockResolvedValue({
      statusCode: 200,
      body: Buffer.from([1, 255]).toString('base64'),
      isBase64Encoded: true,
    });
    expect([...new Uint8Array(await (await fetch(api.url)).arrayBuffer())]).toEqual([1, 255]);
  });

  it('may be a plain object', async () => {
    api.invokeApi.mockResolvedValue({ a: 1 });
    const answer = await fetch(api.url);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual({ a: 1 });
  });

  it('has no body for HEAD and 204', async () => {
    const head = await fetch(api.url, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe('2');
    expect(await head.text()).toBe('');
    // The function leaves the body out itself, and its length is not that of the answer to GET.
    api.invokeApi.mockResolvedValue({ statusCode: 200, body: '' });
    expect((await fetch(api.url, { method: 'HEAD' })).headers.get('content-length')).toBeNull();
    api.invokeApi.mockResolvedValue({ statusCode: 204, body: '' });
    expect((await fetch(api.url)).status).toBe(204);
  });

  it.each([
    ['the function fails', () => Promise.reject(new Error('the secret detail'))],
    ['the status is none', () => Promise.resolve({ statusCode: 'many' })],
    ['the body is no text', () => Promise.resolve({ statusCode: 200, body: { a: 1 } })],
    ['a header is not allowed', () => Promise.resolve({ statusCode: 200, headers: { location: 'a\r\nb' } })],
  ])('is a 500 without details if %s', async (_what, result) => {
    api.invokeApi.mockImplementation(result);
    const answer = await fetch(api.url);
    expect(answer.status).toBe(500);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const body = await answer.text();
    expectProblem(JSON.parse(body), 500, 'internal_error');
    expect(body).not.toContain('secret');
    expect(api.errors).toHaveLength(1);
  });

  it('is a 503 if the function takes too long, and its late failure does no harm', async () => {
    const { promise, reject } = Promise.withResolvers<unknown>();
    api.invokeApi.mockReturnValue(promise);
    await api.restart({ integrationTimeoutMs: 50 });
    const answer = await fetch(api.url);
    expectProblem(await answer.json(), 503, 'integration_timeout');
    reject(new Error('late'));
    expect((await fetch(`${api.url}/%ZZ`)).status).toBe(400);
  });
});

describe('CORS', () => {
  const allowed = 'https://app.test';
  const preflight = (origin: string) =>
    fetch(api.url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });

  beforeEach(() => api.restart({ cors: { allowOrigins: [allowed] } }));

  it('answers a preflight request itself', async () => {
    const answer = await preflight(allowed);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(allowed);
    expect(answer.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(answer.headers.get('access-control-allow-headers')).toContain('idempotency-key');
    expect(api.invokeApi).not.toHaveBeenCalled();
  });

  it('lets pages of an allowed origin read answers, errors included', async () => {
    api.invokeApi.mockResolvedValue({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' }, body: 'ok' });
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
    expect(api.receivedEvent().requestContext.http.method).toBe('OPTIONS');
  });
});

describe('close', () => {
  it('ends connections at once, idle ones, busy ones and broken ones', async () => {
    api.invokeApi.mockReturnValue(new Promise(() => {}));
    const idle = await openSocket(api.url);
    const busy = await openSocket(api.url);
    const broken = await openSocket(api.url);
    busy.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    broken.write('nonsense\r\n\r\n');
    await vi.waitFor(() => expect(api.invokeApi).toHaveBeenCalled(), 60_000);
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
