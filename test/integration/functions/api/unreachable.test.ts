import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DynamoDbServer, startDynamoDb } from '#local/dynamodb.ts';
import { connectDynamoDb } from '#shared/aws/dynamodb/client.ts';
import { type FaultProxy, type PassingRequest, startFaultProxy } from '#test/fixtures/fault-proxy.ts';
import { startApi, type TestApi } from './fixture.ts';

/** What becomes of a request to DynamoDB; its sender never dies here, it only gets no answer. */
type Trouble = 'none' | 'closed' | 'silent' | 'answer lost';

const writesJob = ({ headers, body }: PassingRequest): boolean =>
  headers['x-amz-target'] === 'DynamoDB_20120810.PutItem' && body.includes('requestHash');

describe('while DynamoDB cannot be reached', () => {
  let database: DynamoDbServer;
  let proxy: FaultProxy;
  let api: TestApi;
  let findTrouble: (request: PassingRequest) => Trouble = () => 'none';

  const reach = (endpoint: string, requestTimeout?: number) => {
    api.table.dynamoDb.destroy();
    api.table.dynamoDb = connectDynamoDb({
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      endpoint,
      ...(requestTimeout && { requestTimeout }),
    });
  };

  beforeAll(async () => {
    database = await startDynamoDb({ guard: { anyPort: true } });
    let current: Trouble = 'none';
    proxy = await startFaultProxy(
      database.url,
      (request) => {
        current = findTrouble(request);
        if (current === 'none') return 'pass';
        return current === 'answer lost' ? 'crash after' : 'crash before';
      },
      () => (current === 'silent' ? new Promise(() => {}) : Promise.resolve()),
    );
    api = await startApi({ database: { url: database.url, hasTables: false } });
  });
  afterAll(async () => {
    await api.close();
    await proxy.close();
    await database.close();
  });
  beforeEach(() => {
    findTrouble = () => 'none';
    // A client of its own for each test: a budget of retries that is used up fails requests earlier.
    reach(proxy.url);
    api.recorded.logs.length = 0;
  });

  const key = { 'idempotency-key': 'the-key' };

  const troubles: [string, () => Promise<void> | void][] = [
    [
      'closes connections',
      () => {
        findTrouble = () => 'closed';
      },
    ],
    [
      'does not answer',
      () => {
        reach(proxy.url, 50);
        findTrouble = () => 'silent';
      },
    ],
    ['is not there', () => reach('http://127.0.0.1:9')],
    [
      'fails',
      async () => {
        const server = createServer((_, response) => response.writeHead(500).end('{}'));
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        server.unref();
        reach(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      },
    ],
  ];

  describe.each(troubles)('as it %s', (_, begin) => {
    it('tells whoever may repeat the request when to, and all others to look first', async () => {
      const jobId = await api.submit({ headers: { 'idempotency-key': 'before' } });
      await begin();
      const repeatable = [
        await api.call({ path: `/jobs/${jobId}` }),
        await api.call({ method: 'HEAD', path: `/jobs/${jobId}` }),
        await api.call({ method: 'PUT', path: `/v3/cancel/${jobId}` }),
        await api.call({ method: 'DELETE', path: `/jobs/${jobId}` }),
        await api.generate({ prompt: 'purple elephant' }, { headers: key }),
      ];
      for (const { statusCode, headers } of repeatable) {
        expect([statusCode, headers['retry-after']]).toEqual([503, '5']);
      }
      expect(repeatable[0]?.json).toMatchObject({ error_code: 'service_unavailable' });
      const webhook = await api.call({
        method: 'POST',
        path: '/webhooks',
        headers: { ...key, 'content-type': 'application/json' },
        body: JSON.stringify({ url: 'https://example.com/hook' }),
      });
      // Its route takes no key.
      expect([webhook.statusCode, webhook.headers['retry-after']]).toEqual([500, undefined]);
      const other = await api.generate({ prompt: 'purple elephant' });
      expect(other).toMatchObject({ statusCode: 500, json: { error_code: 'internal_server_error' } });
      expect(other.json['message']).toContain('look before you send it again');
      expect(other.headers).not.toHaveProperty('retry-after');
      const lines = api.recorded.logs as Record<string, unknown>[];
      const failures = lines.filter(({ message }) => String(message).startsWith('AWS could not be reached'));
      expect(failures).toHaveLength(7);
      expect(failures[0]).toMatchObject({ requestId: 'request-1', error: expect.any(String) });
      expect(failures[0]?.['stack']).toEqual(expect.arrayContaining([expect.stringMatching(/^at /)]));
      expect(JSON.stringify(lines)).not.toContain('elephant');
    });
  });

  it('names the failure of the network in the log', async () => {
    reach('http://127.0.0.1:9');
    await api.call({ path: '/jobs' });
    expect(api.recorded.logs).toContainEqual(expect.objectContaining({ error: 'Error', code: 'ECONNREFUSED' }));
  });

  it('answers again at once when it is back', async () => {
    const jobId = await api.submit({ headers: { 'idempotency-key': 'back' } });
    findTrouble = () => 'closed';
    expect((await api.call({ path: `/jobs/${jobId}` })).statusCode).toBe(503);
    findTrouble = () => 'none';
    expect((await api.call({ path: `/jobs/${jobId}` })).statusCode).toBe(200);
  });

  it('makes one job of a request whose answers are lost and that is sent again with its key', async () => {
    const headers = { 'idempotency-key': 'lost' };
    const before = await api.countItems();
    findTrouble = (request) => (writesJob(request) ? 'answer lost' : 'none');
    expect((await api.generate(undefined, { headers })).statusCode).toBe(503);
    const written = await api.countItems();
    expect(written).toBeGreaterThan(before);
    findTrouble = () => 'none';
    expect((await api.generate(undefined, { headers })).statusCode).toBe(202);
    expect(await api.countItems()).toBe(written);
  });

  it.each(['closed', 'silent'] as const)(
    'has accepted the job that its caller waits for: the answer says so, or it would be made and paid twice (%s)',
    async (trouble) => {
      // The last that a request does before it waits.
      const triggered = api.recorded.dispatches;
      const unanswered: string[] = [];
      findTrouble = ({ body }) => {
        if (api.recorded.dispatches === triggered) return 'none';
        unanswered.push(String(body));
        return trouble;
      };
      const response = await api.generate(undefined, { headers: { prefer: 'wait=1' } });
      // Where nothing is answered, the caller is, before a request has been given up and sent again.
      if (trouble === 'silent') expect(new Set(unanswered).size).toBe(unanswered.length);
      expect(response).toMatchObject({
        statusCode: 202,
        headers: { 'preference-applied': 'wait=1' },
        json: { jobId: expect.any(String) },
      });
      findTrouble = () => 'none';
      expect((await api.call({ path: `/jobs/${response.json['jobId']}` })).statusCode).toBe(200);
    },
  );
});
