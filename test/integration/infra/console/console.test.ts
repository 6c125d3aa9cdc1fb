import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runConsole } from '#infra/console/run.ts';
import { findSignatureFault } from '#test/fixtures/verify-sigv4.ts';
import { captured } from '#test/unit/infra/credentials/captured.ts';

const key = { accessKeyId: 'AKIATEST', secretAccessKey: 'a secret', sessionToken: 'a session' };

interface Received {
  method?: string;
  url?: string;
  headers: IncomingMessage['headers'];
  body: string;
  fault?: string;
}

const received: Received[] = [];
let config: { status: number; authMode: string };
let gateway: Server;
let lambda: Server;

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

beforeAll(async () => {
  gateway = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const fault = findSignatureFault(request, bytes, { key, region: 'eu-central-1', service: 'execute-api' });
    const { method, url, headers } = request;
    received.push({ method, url, headers, body: bytes.toString(), fault });
    if (url === '/console/config.json') {
      response.writeHead(config.status).end(JSON.stringify({ authMode: config.authMode }));
    } else if (url === '/jobs/1/outputs/0') {
      response.writeHead(302, { location: 'https://bucket.example/key?X-Amz-Signature=1' }).end();
    } else response.writeHead(200, { 'content-type': 'application/json', 'x-own': 'kept' }).end('{"jobs":[]}');
  });
  const gatewayUrl = await listen(gateway);
  lambda = createServer((request, response) => {
    const isKnown = request.url?.includes('/functions/firefly-gateway-test-api/') === true;
    response.writeHead(isKnown ? 200 : 404, {
      'content-type': 'application/json',
      ...(isKnown ? {} : { 'x-amzn-errortype': 'ResourceNotFoundException' }),
    });
    response.end(JSON.stringify(isKnown ? { Environment: { Variables: { GATEWAY_URL: gatewayUrl } } } : {}));
  });
  for (const [name, value] of Object.entries({
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_SESSION_TOKEN: key.sessionToken,
    AWS_ENDPOINT_URL_LAMBDA: await listen(lambda),
  })) {
    vi.stubEnv(name, value);
  }
});
afterAll(() => {
  vi.unstubAllEnvs();
  for (const server of [gateway, lambda]) server.closeAllConnections();
  for (const server of [gateway, lambda]) server.close();
});
beforeEach(() => {
  received.length = 0;
  config = { status: 200, authMode: 'iam' };
});

const start = (...args: string[]) => {
  const { stdout, stderr, text } = captured();
  const signals = new EventEmitter();
  const ended = runConsole({
    args: ['--stage', 'test', '--region', 'eu-central-1', '--port', '0', '--json', ...args],
    stdout,
    stderr,
    signals,
  }).then((code) => ({ code, ...text() }));
  return { text, signals, ended };
};

describe('npm run console', () => {
  let command: ReturnType<typeof start>;
  let url: URL;
  let cookie: string;
  beforeAll(async () => {
    config = { status: 200, authMode: 'iam' };
    command = start();
    await vi.waitFor(() => expect(command.text().stdout).not.toBe(''), { timeout: 60_000 });
    url = new URL(JSON.parse(command.text().stdout).url);
    const entered = await fetch(url, { redirect: 'manual' });
    expect(entered.headers.get('location')).toBe('/console/');
    cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  });
  afterAll(async () => {
    command.signals.emit('SIGINT');
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
    await expect(fetch(url)).rejects.toThrow();
  });

  const call = (path: string, init: RequestInit = {}) =>
    fetch(new URL(path, url.origin), { redirect: 'manual', ...init, headers: { cookie, ...init.headers } });

  it.each<[string, RequestInit]>([
    ['/jobs?q=a%20b+c&label=team%3Dx&limit=5', {}],
    ['/jobs/caf%C3%A9%2Fx', { method: 'DELETE' }],
    ['/v3/images/generate-async', { method: 'POST', body: '{"prompt":"é"}', headers: { 'x-priority': 'high' } }],
  ])("signs %s with the operator's credentials", async (path, init) => {
    const answer = await call(path, init);
    expect([answer.status, answer.headers.get('x-own'), await answer.json()]).toEqual([200, 'kept', { jobs: [] }]);
    const { method, url: target, body, fault } = received[0] as Received;
    expect({ method, target, body, fault }).toEqual({
      method: init.method ?? 'GET',
      target: path,
      body: init.body ?? '',
      fault: undefined,
    });
    expect(received[0]?.headers).not.toHaveProperty('cookie');
  });

  it('leaves redirects to the bucket to the browser', async () => {
    const answer = await call('/jobs/1/outputs/0');
    expect([answer.status, answer.headers.get('location')]).toEqual([
      302,
      'https://bucket.example/key?X-Amz-Signature=1',
    ]);
  });

  it.each<[string, number, Record<string, string>]>([
    ['has no key', 401, { cookie: '' }],
    ['has another key', 401, { cookie: `firefly-console=${'x'.repeat(32)}` }],
    ['comes from the page of another origin', 403, { origin: 'https://example.com' }],
  ])('passes nothing on of a request that %s', async (_, status, headers) => {
    expect((await call('/jobs', { headers })).status).toBe(status);
    expect((await call('/jobs?key=wrong', { headers })).status).toBe(status);
    expect(received).toEqual([]);
  });

  it('calls no other host, whatever the path says', async () => {
    await fetch(`${url.origin}//example.com/jobs`, { headers: { cookie } });
    expect(received).toMatchObject([{ url: '//example.com/jobs' }]);
  });

  it('passes on no more than API Gateway takes', async () => {
    const answer = await call('/v2/storage/image', { method: 'POST', body: new Uint8Array(10 * 1024 * 1024 + 1) });
    expect([answer.status, received.length]).toEqual([413, 0]);
  });
});

describe('npm run console says what to do', () => {
  it.each<[string, string[], number, string]>([
    ['without such a stage', ['--stage', 'other'], 1, 'firefly-gateway-other-api'],
    ['about an unknown option', ['--colour'], 2, '--help'],
    ['about a port that is none', ['--port', '70000'], 2, '--port'],
  ])('%s', async (_, args, code, words) => {
    const outcome = await start(...args).ended;
    expect(outcome).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) });
  });

  it('where the page itself signs people in', async () => {
    config.authMode = 'callers';
    expect(await start().ended).toMatchObject({ code: 1, stderr: expect.stringContaining('/console/') });
  });

  it('where no console is served', async () => {
    config.status = 404;
    expect(await start().ended).toMatchObject({ code: 1, stderr: expect.stringContaining('setting console') });
  });

  it('where the port is taken', async () => {
    const { port } = gateway.address() as AddressInfo;
    expect(await start('--port', String(port)).ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--port'),
    });
  });

  it('with --help', async () => {
    expect(await start('--help').ended).toMatchObject({ code: 0, stdout: expect.stringContaining('--stage') });
  });
});
