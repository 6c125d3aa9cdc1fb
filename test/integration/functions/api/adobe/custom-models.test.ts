import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FakeAdobe, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';
import { startApi, type TestApi } from '../fixture.ts';
import type { TestRequest } from '../http-event.ts';

let adobe: FakeAdobe;
let api: TestApi;
beforeAll(async () => {
  adobe = await startFakeAdobe();
});
beforeEach(async () => {
  adobe.seen.splice(0);
  api = await startApi({ fireflyUrl: adobe.url });
  return () => api.close();
});
afterAll(() => adobe.close());

const list = (options: Partial<TestRequest> = {}) => api.call({ path: '/v3/custom-models', ...options });
const models = { custom_models: [{ assetId: 'urn:aaid:sc:1' }], total_count: 1 };

describe('GET /v3/custom-models', () => {
  it("passes on Adobe's list, and asks again only after a minute", async () => {
    adobe.script('GET', '/v3/custom-models', { status: 200, body: models });
    expect((await list()).json).toMatchObject(models);
    await list();
    expect(adobe.seen).toHaveLength(1);
    expect(adobe.seen[0]?.headers).toMatchObject({ 'x-request-id': 'request-1', 'x-api-key': 'test-client' });
    api.clock.advance(30_000);
    expect((await list()).headers).toMatchObject({ age: '30' });
    api.clock.advance(30_001);
    expect((await list()).headers).toMatchObject({ age: '0' });
    expect(adobe.seen).toHaveLength(2);
  });

  it('sends a start with a limit, and turns links to the gateway', async () => {
    const next = { href: `${adobe.url}/v3/custom-models?start=2&limit=2` };
    adobe.script('GET', '/v3/custom-models?sortBy=-assetName&start=0&limit=2', {
      status: 200,
      body: { ...models, _links: { next } },
    });
    const { json } = await list({ query: { limit: '2', sortBy: '-assetName' } });
    expect(json['_links']).toEqual({ next: { href: 'https://gateway.test/v3/custom-models?start=2&limit=2' } });
  });

  it('passes on only the parameters that it knows, and remembers by them alone', async () => {
    adobe.script('GET', '/v3/custom-models?start=0&limit=2', { status: 200, body: models });
    for (let index = 0; index < 60; index += 1) {
      expect((await list({ query: { limit: '2', x: String(index) } })).statusCode).toBe(200);
    }
    expect(adobe.seen).toHaveLength(1);
  });

  it('passes on ten calls of a caller at once and then one every 2 s, whatever others do', async () => {
    const page = async (start: number, caller = 'alice') => {
      adobe.script('GET', `/v3/custom-models?start=${start}`, { status: 200, body: models });
      return list({ caller, query: { start: String(start) } });
    };
    for (let start = 0; start < 10; start += 1) expect((await page(start)).statusCode).toBe(200);
    expect(await page(10)).toMatchObject({
      statusCode: 429,
      headers: { 'retry-after': '2' },
      json: { error_code: 'too_many_calls' },
    });
    expect((await page(12, 'bob')).statusCode).toBe(200);
    // What is remembered costs nothing.
    expect((await page(9)).statusCode).toBe(200);
    api.clock.advance(2_000);
    expect((await page(10)).statusCode).toBe(200);
    expect((await page(11)).statusCode).toBe(429);
    api.clock.advance(60_000);
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => page(20 + index)));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(10);
  });

  it.each([
    [{ limit: '51' }, 'limit'],
    [{ limit: 'ten' }, 'limit'],
    [{ start: '-1' }, 'start'],
    [{ sortBy: 'name' }, 'sortBy'],
    [{ publishedState: 'gone' }, 'publishedState'],
  ])('refuses %j by its name', async (query, name) => {
    const answer = await list({ query });
    expect(answer).toMatchObject({ statusCode: 400, json: { error_code: 'bad_request', reason: 'bad_request' } });
    expect(answer.json['validation_errors']).toMatchObject([{ loc: ['query', name] }]);
    expect(adobe.seen).toHaveLength(0);
  });

  it("gives Adobe's reasons, but takes a 403 for the gateway's own", async () => {
    const refusal = (status: number) => ({ status, body: { reason: 'not_acceptable', message: 'no' } });
    adobe.script('GET', '/v3/custom-models', refusal(406), refusal(403));
    const words = { error_code: 'not_acceptable', reason: 'not_acceptable', message: 'no' };
    expect(await list()).toMatchObject({ statusCode: 406, json: words });
    expect(await list()).toMatchObject({ statusCode: 502, json: { error_code: 'not_acceptable' } });
  });

  it('asks once more with another token, and says when to try again if Adobe is out of reach', async () => {
    adobe.script('GET', '/v3/custom-models', { status: 401 }, { status: 200, body: models }, { status: 503 });
    expect((await list()).statusCode).toBe(200);
    api.clock.advance(60_001);
    expect(await list()).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
  });
});
