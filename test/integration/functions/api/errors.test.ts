import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnprocessedError } from '#shared/aws/dynamodb/all-processed.ts';
import { inTier } from '#test/fixtures/tier.ts';
import { startApi, type TestApi, type TestResponse } from './fixture.ts';
import type { TestRequest } from './http-event.ts';

const expectProblem = (response: TestResponse) => {
  expect(response.headers['x-content-type-options']).toBe('nosniff');
  expect(response.headers['content-type']).toBe('application/problem+json');
  expect(response.json).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    status: response.statusCode,
    detail: expect.any(String),
    error_code: expect.any(String),
    message: expect.any(String),
    request_id: 'request-1',
  });
};

describe('errors', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  it.each<[number, TestRequest]>([
    [404, { path: '/' }],
    [404, { path: '/v3/images' }],
    [404, { path: '/jobs//outputs/0' }],
    [400, { path: '/%ZZ' }],
    [400, { path: '/jobs/%ZZ' }],
    [404, { path: '/jobs/%00' }],
    [404, { path: '/jobs/__proto__' }],
    [404, { path: '/constructor' }],
    [401, { path: '/jobs', caller: '' }],
  ])('%i for %j', async (statusCode, request) => {
    const response = await api.call(request);
    expect(response.statusCode).toBe(statusCode);
    expectProblem(response);
  });

  it.each([
    ['GET', '/v3/images/generate', 'POST'],
    ['GET', '/v3/images/generate-async/', 'POST'],
    ['POST', '/v3/status/x', 'GET, HEAD'],
    ['PUT', '/openapi.json', 'GET, HEAD'],
    ['POST', '/jobs/x', 'GET, HEAD, DELETE'],
    ['PROPFIND', '/health', 'GET, HEAD'],
  ])('405 with Allow for %s %s', async (method, path, allow) => {
    const response = await api.call({ method, path });
    expect(response).toMatchObject({ statusCode: 405, headers: { allow }, json: { error_code: 'method_not_allowed' } });
    expectProblem(response);
  });

  it("answers a browser's preflight without looking for a caller", async () => {
    expect(await api.call({ method: 'OPTIONS', path: '/v3/images/generate' })).toMatchObject({ statusCode: 204 });
  });

  it('500 without a word about the request when something unexpected fails', async () => {
    const broken = await startApi({
      objects: {
        presignGet: async () => {
          throw new Error('a message that quotes the prompt: purple elephant');
        },
      },
    });
    const jobId = await broken.submit({}, { prompt: 'purple elephant' });
    await broken.end(jobId, {
      to: 'succeeded',
      outputs: [{ bucket: 'b', key: 'k', sha256: 's', bytes: 1, contentType: 'image/png' }],
    });
    const response = await broken.call({ path: `/v3/status/${jobId}` });
    expect(response).toMatchObject({ statusCode: 500, json: { error_code: 'internal_server_error' } });
    expectProblem(response);
    expect(response.body).not.toContain('elephant');
    expect(JSON.stringify(broken.recorded.logs)).not.toContain('elephant');
    expect(broken.recorded.logs).toContainEqual(
      expect.objectContaining({ message: 'request failed', requestId: 'request-1' }),
    );
    await broken.close();
  });

  it.each([
    ['DynamoDB has no capacity left', Object.assign(new Error(), { name: 'ProvisionedThroughputExceededException' })],
    [
      'a transaction met the same',
      Object.assign(new Error(), {
        name: 'TransactionCanceledException',
        CancellationReasons: [{}, { Code: 'ThrottlingError' }],
      }),
    ],
    ['it leaves a batch undone', new UnprocessedError('BatchGetItem', 3)],
  ])('503 with Retry-After when %s', async (_, failure) => {
    const busy = await startApi();
    const jobId = await busy.submit();
    busy.table.dynamoDb.send = async () => {
      throw failure;
    };
    const response = await busy.call({ path: `/jobs/${jobId}` });
    expect(response).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': '5' },
      json: { error_code: 'service_unavailable' },
    });
    expectProblem(response);
    await busy.close();
  });

  const anyHeaders = fc.dictionary(
    fc.constantFrom('x-model-version', 'x-priority', 'prefer', 'idempotency-key', 'content-type', 'x-api-key'),
    fc.oneof(
      fc.constantFrom(
        'image3',
        'image4_custom',
        'high',
        'wait=1',
        'wait=',
        'application/json',
        'application/json; charset=x',
      ),
      fc.string({ unit: 'binary' }),
    ),
  );

  it('never answers a request with 5xx, whatever its body', async () => {
    const field = fc.constantFrom(
      ...['prompt', 'seeds', 'size', 'style', 'structure', 'numVariations', 'contentClass', '__proto__', 'constructor'],
      ...['imageReference', 'source', 'uploadId', 'url', 'presets', 'strength', 'width', 'customModelId', 'toString'],
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.integer(), fc.boolean(), fc.constant(null)),
        fc.array(tie('value'), { maxLength: 5 }),
        fc.dictionary(fc.oneof(field, fc.string()), tie('value'), { maxKeys: 8 }),
      ),
    }));
    const body = fc.oneof(
      value.map((content) => JSON.stringify(content)),
      fc.string({ unit: 'binary' }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
    );
    const path = fc.constantFrom('/v3/images/generate-async', '/v3/images/generate');
    await fc.assert(
      fc.asyncProperty(path, body, anyHeaders, fc.boolean(), async (path, body, headers, isBase64Encoded) => {
        const response = await api.call({ method: 'POST', path, body, headers, isBase64Encoded });
        expect(response.statusCode).toBeLessThan(500);
        if (response.statusCode >= 400) expectProblem(response);
      }),
      { numRuns: inTier(100, 1_000) },
    );
  });

  it('never answers a path or a query with 5xx', async () => {
    const segment = fc.oneof(
      fc.constantFrom('v3', 'status', 'cancel', 'images', 'jobs', 'outputs', 'health', '', '0', '%2F', '%ZZ', '..'),
      fc.string(),
      fc.uuid(),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE'),
        fc.array(segment, { maxLength: 5 }),
        fc.dictionary(fc.constantFrom('status', 'limit', 'cursor', 'x'), fc.string()),
        async (method, segments, query) => {
          const response = await api.call({ method, path: `/${segments.join('/')}`, query });
          expect(response.statusCode).toBeLessThan(500);
          if (response.statusCode >= 400 && method !== 'HEAD') expectProblem(response);
        },
      ),
      { numRuns: inTier(100, 1_000) },
    );
  });

  it('takes every request that the documented fields allow', async () => {
    const seeds = fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 4 });
    const valid = fc
      .record(
        {
          prompt: fc.string({ minLength: 1, maxLength: 1024 }),
          negativePrompt: fc.string({ maxLength: 1024 }),
          contentClass: fc.constantFrom('photo', 'art'),
          visualIntensity: fc.integer({ min: 2, max: 10 }),
          seeds,
          size: fc.constantFrom(
            { width: 2048, height: 2048 },
            { width: 1344, height: 756 },
            { width: 896, height: 1152 },
          ),
          promptBiasingLocaleCode: fc.constantFrom('en-US', 'de-DE', 'zh-CN'),
          style: fc.record(
            { presets: fc.uniqueArray(fc.constantFrom('bw', 'golden')), strength: fc.integer({ min: 1, max: 100 }) },
            { requiredKeys: [] },
          ),
          structure: fc.record({
            imageReference: fc.record({ source: fc.record({ uploadId: fc.uuid() }) }),
            strength: fc.integer({ min: 0, max: 100 }),
          }),
        },
        { requiredKeys: ['prompt'] },
      )
      .map((body) => (body.seeds === undefined ? body : { ...body, numVariations: body.seeds.length }));
    await fc.assert(
      fc.asyncProperty(valid, async (body) => {
        expect((await api.generate(body)).statusCode).toBe(202);
      }),
      { numRuns: inTier(25, 200) },
    );
  });
});
