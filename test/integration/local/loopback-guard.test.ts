import { execFileSync } from 'node:child_process';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEventBridge } from '#local/eventbridge.ts';
import { startHttpApi } from '#local/http-api/start-http-api.ts';
import { startLambda } from '#local/lambda/start-lambda.ts';
import { startS3 } from '#local/s3/start-s3.ts';
import { startSecretsManager } from '#local/secrets-manager/server.ts';
import { startSimulator } from '#local/simulator/simulator.ts';
import { type Stack, startStack } from '#local/stack.ts';
import { startDynamoDbThread } from '#local/start-dynamodb.ts';
import { createAccessKey } from '#shared/loopback-guard.ts';

const accessKey = createAccessKey();
const guard = { accessKeyIds: [accessKey.accessKeyId] };
const page = 'http://localhost:5173';

interface Row {
  name: string;
  start(): Promise<{ url: string; close(): Promise<void> }>;
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  /** Status of a request that the guard lets through. */
  served: number;
  /** Service in the scope of signatures; of none that needs no signature. */
  signedFor?: string;
  /** Whether pages of `--cors` may use it. */
  forPages?: boolean;
}

const rows: Row[] = [
  {
    name: 'the gateway',
    start: () => startHttpApi({ invokeApi: async () => ({ statusCode: 200 }), cors: { allowOrigins: [page] } }),
    method: 'GET',
    path: '/health',
    served: 200,
    forPages: true,
  },
  {
    name: 'Secrets Manager',
    start: () => startSecretsManager({ guard }),
    method: 'POST',
    path: '/',
    headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' },
    served: 400,
    signedFor: 'secretsmanager',
  },
  {
    name: 'EventBridge',
    start: () => startEventBridge({ onEvent: () => {}, guard }),
    method: 'POST',
    path: '/',
    headers: { 'x-amz-target': 'AWSEvents.PutEvents' },
    served: 400,
    signedFor: 'events',
  },
  {
    name: 'Lambda',
    start: () => startLambda({ guard }),
    method: 'POST',
    path: '/2015-03-31/functions/x/invocations',
    served: 404,
    signedFor: 'lambda',
  },
  {
    name: 'DynamoDB',
    start: () => startDynamoDbThread({ guard }),
    method: 'POST',
    path: '/',
    headers: {
      'x-amz-target': 'DynamoDB_20120810.ListTables',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-date': '20260101T000000Z',
    },
    served: 200,
    signedFor: 'dynamodb',
  },
  {
    name: 'S3',
    start: () =>
      startS3({
        bucket: 'outputs',
        keys: { [accessKey.accessKeyId]: accessKey.secretAccessKey },
        guard: { origins: [page] },
      }),
    method: 'GET',
    path: '/outputs',
    served: 200,
    signedFor: 's3',
    forPages: true,
  },
  { name: 'the simulator', start: () => startSimulator(), method: 'POST', path: '/ims/token/v3', served: 400 },
  {
    name: 'the control of the simulator',
    start: () => startSimulator(),
    method: 'GET',
    path: '/_simulator/jobs',
    served: 200,
  },
];

/** A signature's header; none of the servers verifies more of it than the key. */
const sign = (service: string, accessKeyId: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
});

describe.each(rows)('$name', ({ start, method, path, headers, served, signedFor, forPages = false }) => {
  let server: { url: string; close(): Promise<void> };
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());

  const signature = signedFor === undefined ? {} : sign(signedFor, accessKey.accessKeyId);
  const ask = (more: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      const sent = request(
        { hostname, port, method, path, headers: { ...headers, ...signature, ...more } },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      sent.on('error', reject);
      sent.end(method === 'POST' ? '{}' : undefined);
    });
  const port = () => new URL(server.url).port;

  it('serves requests for its own address on loopback, of programs and its own pages', async () => {
    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]']) {
      expect(await ask({ host: `${name}:${port()}` }), name).toBe(served);
    }
    expect(await ask({ origin: `http://localhost:${port()}` })).toBe(served);
  });

  it.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
  ])('answers 421 for the host "%s"', async (host) => {
    expect(await ask({ host })).toBe(421);
    expect(await ask({ host: host.includes(':') ? host : `${host}:99` })).toBe(421);
  });

  it.each(['http://evil.example', 'null', 'https://localhost', 'http://127.0.0.1:1', 'http://localhost:51730'])(
    'refuses pages of %s',
    async (origin) => {
      expect(await ask({ origin })).toBe(403);
    },
  );

  it(`${forPages ? 'serves' : 'refuses'} pages that --cors names`, async () => {
    expect(await ask({ origin: page })).toBe(forPages ? served : 403);
  });

  it.runIf(signedFor !== undefined)('refuses every access key but that of its start', async () => {
    for (const key of ['local', 'AKIAIOSFODNN7EXAMPLE', `${accessKey.accessKeyId}0`, 'toString']) {
      expect(await ask(sign(String(signedFor), key)), key).toBe(403);
    }
    expect([400, 403]).toContain(await ask({ authorization: 'AWS4-HMAC-SHA256 x' }));
  });
});

describe('an embedded stack', () => {
  let stack: Stack;
  beforeAll(async () => {
    process.env['FIREFLY_TEST_SECRET'] = 'not for children';
    stack = await startStack({ schedules: false });
  });
  afterAll(async () => {
    delete process.env['FIREFLY_TEST_SECRET'];
    await stack.close();
  });

  it('tells its access key, which is another at each start and the only one that its servers take', async () => {
    const { accessKeyId, secretsManager, clientCredentialsSecret } = stack.description;
    expect(accessKeyId).toMatch(/^LOCAL[0-9A-F]{32}$/);
    expect(createAccessKey().accessKeyId).not.toBe(accessKeyId);
    const read = (key: string) =>
      fetch(secretsManager, {
        method: 'POST',
        headers: { 'x-amz-target': 'secretsmanager.GetSecretValue', ...sign('secretsmanager', key) },
        body: JSON.stringify({ SecretId: clientCredentialsSecret }),
      });
    expect((await read('local')).status).toBe(403);
    expect(await (await read('local')).text()).not.toContain('clientSecret');
    expect((await read(accessKeyId)).status).toBe(200);
  });

  it.runIf(process.platform === 'linux')('starts children without its environment', () => {
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(process.pid)], { encoding: 'utf8' });
    const environments = children
      .trim()
      .split(/\s+/)
      .flatMap((pid) => {
        try {
          return [
            execFileSync('cat', [`/proc/${pid}/environ`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
          ];
        } catch {
          // `ps` itself has ended.
          return [];
        }
      });
    const servers = environments.filter((text) => text.includes('NODE_CHANNEL_FD'));
    expect(servers.length).toBeGreaterThan(0);
    for (const text of servers) expect(text).not.toMatch(/FIREFLY|HOME=|PATH=/);
  });
});
