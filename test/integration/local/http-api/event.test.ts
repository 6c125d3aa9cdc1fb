import { describe, expect, it } from 'vitest';
import { useApi } from './api-under-test.ts';
import { sendRaw } from './raw-client.ts';

const api = useApi();

describe('the event', () => {
  it('has payload format 2.0', async () => {
    await fetch(`${api.url}/v3/status/a%2Fb?x=1&y=%C3%BC&x=2`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'test', Cookie: 'a=1; b=2', 'X-Api-Key': 'key' },
      body: '{"prompt":"Käse"}',
    });
    const host = new URL(api.url).host;
    const event = api.receivedEvent();
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
    const event = api.receivedEvent();
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
    expect(api.receivedEvent()).toMatchObject({ body: body.toString('base64'), isBase64Encoded: true });
  });

  it('joins headers that are given more than once', async () => {
    await sendRaw(api.url, 'GET / HTTP/1.1\r\nHost: x\r\nPrefer: a\r\nprefer: b\r\nConnection: close\r\n\r\n');
    expect(api.receivedEvent().headers['prefer']).toBe('a,b');
  });

  it('takes a body of unknown length', async () => {
    await sendRaw(
      api.url,
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    );
    expect(api.receivedEvent()).toMatchObject({ body: 'abc', headers: { 'content-length': '3' } });
  });

  it('names the host that clients call', async () => {
    await api.restart({ gatewayUrl: 'http://gateway.test:8080' });
    await fetch(api.url);
    expect(api.receivedEvent().requestContext.domainName).toBe('gateway.test:8080');
  });
});
