import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consoleRoutes } from '#functions/api/console/routes.ts';
import type { ApiRequest } from '#functions/api/http/request.ts';
import type { ConsoleVariables } from '#shared/deployment/console.ts';

let directory: string;
let waited: number;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-console-'));
  await mkdir(join(directory, 'built/assets'), { recursive: true });
  await writeFile(join(directory, 'secret.txt'), 'outside');
  const files = { 'index.html': '<!doctype html>', 'icon.svg': '<svg/>', 'assets/main-3fa9.js': 'let a = 1;' };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(directory, 'built', name), content);
    await writeFile(join(directory, 'built', `${name}.gz`), gzipSync(content));
  }
});

afterAll(() => rm(directory, { recursive: true }));

const variables = (): ConsoleVariables => ({
  directory: join(directory, 'built'),
  authMode: 'jwt',
  simulated: false,
  bucketOrigin: 'https://outputs.s3.eu-west-1.amazonaws.com',
  issuer: 'https://id.example.com/tenant',
  clientId: 'console',
});

const get = async (file: string, headers: Record<string, string> = {}, changes: Partial<ConsoleVariables> = {}) => {
  waited = 0;
  const routes = consoleRoutes({
    console: { ...variables(), ...changes },
    settings: { stackName: 'firefly-gateway-test', version: '1.2.3' },
    sleep: async (ms) => {
      waited += ms;
    },
  });
  const route = routes.find(({ path }) => path === '/console/{proxy+}');
  const request: Pick<ApiRequest, 'params' | 'header'> = {
    params: { proxy: file },
    header: (name) => headers[name.toLowerCase()],
  };
  const response = await route?.handle(request as ApiRequest);
  if (response === undefined) throw new Error('No route');
  const bytes = Buffer.from(response.body, response.isBase64Encoded ? 'base64' : 'utf8');
  return { ...response, text: String(response.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes) };
};

const gzip = { 'accept-encoding': 'br, gzip' };

describe('the routes of the console', () => {
  it('show the page at every address of its own, under a policy that lets in nothing but the gateway, bucket and issuer', async () => {
    for (const path of ['', 'index.html', 'jobs/0b0c', 'no/such/page', '../secret.txt', 'assets']) {
      const { statusCode, headers, text } = await get(path, gzip);
      expect({ statusCode, text }).toEqual({ statusCode: 200, text: '<!doctype html>' });
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
      const policy = headers['content-security-policy'] ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
      expect(policy).toContain("connect-src 'self' https://outputs.s3.eu-west-1.amazonaws.com https://id.example.com;");
      expect(policy).not.toMatch(/unsafe|\*/);
    }
  });

  it('send a file as the bytes that it is, compressed to those who take that, for as long as its name holds', async () => {
    const script = await get('assets/main-3fa9.js', gzip);
    expect(script.text).toBe('let a = 1;');
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-encoding': 'gzip',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    });
    for (const header of [{}, { 'accept-encoding': 'gzip;q=0, br' }] as Record<string, string>[]) {
      const plain = await get('assets/main-3fa9.js', header);
      expect([plain.text, plain.headers['content-encoding']]).toEqual(['let a = 1;', undefined]);
    }
    expect((await get('icon.svg')).headers).toMatchObject({ 'content-type': 'image/svg+xml' });
    expect((await get('icon.svg')).headers['cache-control']).toBe('public, max-age=300');
  });

  it('say 404 for a file of an earlier deployment, and show no file outside of the directory', async () => {
    await expect(get('assets/main-0000.js')).rejects.toMatchObject({ status: 404 });
    for (const path of ['assets/../../secret.txt', 'assets/%2e%2e/secret.txt', 'assets/main-3fa9.js.gz', 'assets/\0']) {
      await expect(get(path)).rejects.toMatchObject({ status: 404 });
    }
  });

  it('tell the page how to sign in and what this gateway is', async () => {
    expect(JSON.parse((await get('config.json')).text)).toEqual({
      authMode: 'jwt',
      simulated: false,
      bucketOrigin: 'https://outputs.s3.eu-west-1.amazonaws.com',
      issuer: 'https://id.example.com/tenant',
      clientId: 'console',
      stage: 'firefly-gateway-test',
      version: '1.2.3',
      thumbnails: false,
    });
  });

  it('wait for a build that goes on, and say so when it does not end', async () => {
    const missing = { directory: join(directory, 'not-yet') };
    await expect(get('', {}, missing)).rejects.toMatchObject({ status: 503, code: 'console_not_built' });
    expect(waited).toBe(20_000);
  });
});
