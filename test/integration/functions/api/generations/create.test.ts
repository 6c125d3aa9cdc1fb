import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotConfiguredError } from '#shared/adobe/auth/access-token.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { readJob } from '#test/fixtures/job-table.ts';
import { startApi, type TestApi, validToken } from '../fixture.ts';

const uuid = (version: number) =>
  new RegExp(`^[0-9a-f]{8}-[0-9a-f]{4}-${version}[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`);

describe('POST /v3/images/generate-async', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  it("answers 202 with the gateway's own URLs and wakes dispatch", async () => {
    const dispatched = api.recorded.dispatches;
    const response = await api.generate({ prompt: 'a cat' }, { headers: { 'X-Model-Version': 'image4_standard' } });
    const jobId = String(response.json['jobId']);
    expect(response.statusCode).toBe(202);
    expect(jobId).toMatch(uuid(7));
    expect(response.json).toEqual({
      jobId,
      statusUrl: `https://gateway.test/v3/status/${jobId}`,
      cancelUrl: `https://gateway.test/v3/cancel/${jobId}`,
    });
    expect(response.headers).toMatchObject({
      location: `https://gateway.test/v3/status/${jobId}`,
      link: `<https://gateway.test/v3/status/${jobId}>; rel="status", <https://gateway.test/v3/cancel/${jobId}>; rel="cancel"`,
    });
    expect(api.recorded.dispatches).toBe(dispatched + 1);
    expect(await readJob(api.table, { jobId })).toMatchObject({
      caller: 'alice',
      operation: 'images/generate',
      modelVersion: 'image4_standard',
      priority: 'normal',
      state: 'queued',
      request: '{"prompt":"a cat"}',
      retentionSeconds: 30 * 86_400,
      warnings: [],
    });
  });

  it('passes unknown fields on and says so in the record', async () => {
    const body = '{"prompt":"a cat","style":{"mood":"calm"},"__proto__":{"polluted":true}}';
    const jobId = await api.submit({}, body);
    const { json } = await api.call({ path: `/jobs/${jobId}` });
    expect(JSON.stringify(json['request'])).toBe(body);
    expect(json['warnings']).toEqual([expect.stringContaining('style.mood'), expect.stringContaining('__proto__')]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('takes bodies that API Gateway has encoded', async () => {
    const body = Buffer.from('{"prompt":"ein Kätzchen"}').toString('base64');
    const jobId = await api.submit({ isBase64Encoded: true }, body);
    expect((await readJob(api.table, { jobId })).request).toBe('{"prompt":"ein Kätzchen"}');
  });

  it('accepts while dispatch cannot be invoked: the schedule finds the job', async () => {
    const failing = await startApi({
      triggerDispatch: async () => {
        throw new Error('no Lambda');
      },
    });
    expect((await failing.generate()).statusCode).toBe(202);
    expect(failing.recorded.logs).toContainEqual(
      expect.objectContaining({ message: 'Dispatch could not be invoked.' }),
    );
    await failing.close();
  });

  it('puts callers with long queues behind others: rounds of one caller rise', async () => {
    const [first, second, other] = [
      await api.submit({ caller: 'busy' }),
      await api.submit({ caller: 'busy' }),
      await api.submit({ caller: 'idle' }),
    ];
    const rounds = await Promise.all(
      [first, second, other].map(async (id) => (await getJob(api.table, id))?.round ?? 0),
    );
    expect(rounds[1]).toBe((rounds[0] ?? 0) + 1);
    expect(rounds[2]).toBe(rounds[0]);
  });

  it('ranks by x-priority', async () => {
    const jobId = await api.submit({ headers: { 'x-priority': 'high' } });
    expect((await getJob(api.table, jobId))?.rank).toMatch(/^high#/);
  });

  describe('Idempotency-Key', () => {
    const keyed = (key: string, headers: Record<string, string> = {}) => ({
      headers: { 'idempotency-key': key, ...headers },
    });

    it('gives the same job for the same request, whatever the order of its fields', async () => {
      const first = await api.generate('{"prompt":"a cat","seeds":[1,2]}', keyed('order-1'));
      const before = await api.countItems();
      const second = await api.generate('{ "seeds": [1, 2], "prompt": "a cat" }', keyed('order-1'));
      expect(second).toMatchObject({ statusCode: 202, json: first.json });
      expect(first.json['jobId']).toMatch(uuid(5));
      expect(await api.countItems()).toBe(before);
    });

    it('gives one job to requests at the same time', async () => {
      const responses = await Promise.all(Array.from({ length: 8 }, () => api.generate(undefined, keyed('at-once'))));
      expect(new Set(responses.map(({ json }) => json['jobId'])).size).toBe(1);
      expect(responses.every(({ statusCode }) => statusCode === 202)).toBe(true);
    });

    it('refuses the key for another body or model version', async () => {
      await api.generate({ prompt: 'a cat' }, keyed('reused'));
      for (const response of [
        await api.generate({ prompt: 'a dog' }, keyed('reused')),
        await api.generate({ prompt: 'a cat' }, keyed('reused', { 'x-model-version': 'image3' })),
      ]) {
        expect(response).toMatchObject({ statusCode: 422, json: { error_code: 'idempotency_key_reused' } });
      }
    });

    it('is the same with quotes and without', async () => {
      const bare = await api.generate({ prompt: 'a boat' }, keyed('boat-1'));
      const quoted = await api.generate({ prompt: 'a boat' }, keyed('"boat-1"'));
      expect(quoted).toMatchObject({ statusCode: 202, json: bare.json });
    });

    it('belongs to its caller', async () => {
      const [alices, bobs] = [
        await api.generate({ prompt: 'a cat' }, keyed('shared')),
        await api.generate({ prompt: 'a dog' }, { ...keyed('shared'), caller: 'bob' }),
      ];
      expect(bobs.statusCode).toBe(202);
      expect(bobs.json['jobId']).not.toBe(alices.json['jobId']);
    });

    it('takes 255 characters and refuses more, or none', async () => {
      expect((await api.generate(undefined, keyed('k'.repeat(255)))).statusCode).toBe(202);
      for (const key of ['k'.repeat(256), '', '   ']) {
        const response = await api.generate(undefined, keyed(key));
        expect(response).toMatchObject({ statusCode: 400, json: { error_code: 'bad_request' } });
        expect(response.json['message']).toContain('Idempotency-Key');
      }
    });
  });

  describe('refuses what Adobe would refuse and stores nothing', () => {
    it.each([
      ['empty body', { body: '' }, 400, 'empty_input_body'],
      ['broken JSON', { body: '{"prompt":' }, 400, 'bad_request'],
      [
        'no UTF-8',
        { body: Buffer.from([0x22, 0xff, 0x22]).toString('base64'), isBase64Encoded: true },
        400,
        'bad_request',
      ],
      ['numbers beyond all bounds', { body: '{"prompt":"a","x":1e999}' }, 400, 'bad_request'],
      ['endless nesting', { body: `{"prompt":${'['.repeat(40_000)}${']'.repeat(40_000)}}` }, 400, 'bad_request'],
      ['a list', { body: '[]' }, 422, 'validation_error'],
      ['a number', { body: '1' }, 422, 'validation_error'],
      ['another content type', { body: '{}', headers: { 'content-type': 'text/plain' } }, 415, 'invalid_content_type'],
      ['a compressed body', { body: '{}', headers: { 'content-encoding': 'gzip' } }, 415, 'invalid_content_type'],
      ['over 100 KB', { body: JSON.stringify({ prompt: 'a', x: 'x'.repeat(102_400) }) }, 413, 'request_too_large'],
      [
        'an unknown model',
        { body: { prompt: 'a' }, headers: { 'x-model-version': 'image9' } },
        422,
        'validation_error',
      ],
      ['an unknown priority', { body: { prompt: 'a' }, headers: { 'x-priority': 'urgent' } }, 400, 'bad_request'],
    ])('%s', async (_, request, status, code) => {
      const before = await api.countItems();
      const response = await api.call({ method: 'POST', path: '/v3/images/generate-async', ...request });
      expect(response.statusCode).toBe(status);
      expect(response.headers['content-type']).toBe('application/problem+json');
      expect(response.json).toMatchObject({
        type: expect.any(String),
        title: expect.any(String),
        status,
        error_code: code,
        message: expect.any(String),
      });
      expect(await api.countItems()).toBe(before);
    });

    it('lists every field that is wrong', async () => {
      const response = await api.generate(
        { prompt: '', seeds: [1, 2], numVariations: 3, size: { width: 0 } },
        { headers: { 'x-model-version': 'imagine' } },
      );
      const locations = (response.json['validation_errors'] as { loc: string[] }[]).map(({ loc }) => loc.join('.'));
      expect(locations).toEqual([
        'header.x-model-version',
        'body.prompt',
        'body.size.width',
        'body.size.height',
        'body.seeds',
      ]);
    });
  });

  describe('without Adobe credentials', () => {
    it('answers 503 not_configured, and accepts as soon as they are there', async () => {
      let read = async () => {
        throw new NotConfiguredError('access-token');
      };
      const unconfigured = await startApi({ token: { read: () => read() } });
      expect(await unconfigured.generate()).toMatchObject({ statusCode: 503, json: { error_code: 'not_configured' } });
      expect(await unconfigured.countItems()).toBe(0);
      read = async () => validToken(unconfigured.clock) as never;
      expect((await unconfigured.generate()).statusCode).toBe(202);
      await unconfigured.close();
    });

    it('answers 503 while Secrets Manager cannot be reached, and takes jobs with an expired token', async () => {
      let answer: () => Promise<never> = async () => {
        throw new Error('unreachable');
      };
      const lost = await startApi({ token: { read: () => answer() } });
      expect(await lost.generate()).toMatchObject({ statusCode: 503, json: { error_code: 'service_unavailable' } });
      answer = async () => ({ ...validToken(lost.clock), expiresAt: 0 }) as never;
      expect((await lost.generate()).statusCode).toBe(202);
      await lost.close();
    });
  });
});

describe('an operation of a service that is switched off', () => {
  it.each([
    ['a generation', { method: 'POST', path: '/v3/images/generate-async', body: { prompt: 'a cat' } }],
    ['a synchronous one', { method: 'POST', path: '/v3/images/generate', body: { prompt: 'a cat' } }],
    ['the list of custom models', { path: '/v3/custom-models' }],
    ['a status', { path: '/v3/status/urn:ff:jobs:x' }],
  ])('is not there, and the answer says what turns it on: %s', async (_, request) => {
    const api = await startApi({ services: [] });
    expect(await api.call(request)).toMatchObject({
      statusCode: 404,
      json: {
        error_code: 'service_disabled',
        message: expect.stringContaining('naming firefly in the setting services'),
      },
    });
    expect(await api.countItems()).toBe(0);
    await api.close();
  });
});
