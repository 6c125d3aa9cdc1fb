import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRoutes } from '#functions/api/app.ts';
import { type ApiAnswer, createAnswerCheck } from '#test/fixtures/answer-check.ts';
import { startApi, type TestApi } from '../fixture.ts';

type Schema = { [keyword: string]: unknown; $ref?: string; properties?: Record<string, Schema>; required?: string[] };
type Call = {
  operationId: string;
  summary: string;
  parameters: { name: string; in: string; required?: boolean; schema: Record<string, unknown> }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
  security?: unknown[];
};
type Document = {
  openapi: string;
  paths: Record<string, Record<string, Call>>;
  webhooks: Record<string, Record<string, Call>>;
  components: { schemas: Record<string, Schema> };
};

let api: TestApi;
let document: Document;
beforeAll(async () => {
  api = await startApi();
  document = (await api.call({ path: '/openapi.json', caller: '' })).json as unknown as Document;
});
afterAll(() => api.close());

const calls = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, call]) => ({ name: `${method.toUpperCase()} ${path}`, path, call })),
  );

describe('the description of the API', () => {
  it('names every route, and nothing else', () => {
    const routes = createRoutes(api.context).map(({ method, path }) => `${method} ${path}`);
    expect(
      calls()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(routes.sort());
  });

  it('says what each call is for, takes and answers', () => {
    for (const { name, path, call } of calls()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      expect([name, call.summary]).toEqual([name, expect.stringMatching(/^[A-Z].{5,}/)]);
      expect([name, call.parameters.filter((each) => each.in === 'path').map((each) => each.name)]).toEqual([
        name,
        inPath,
      ]);
      expect([name, Object.keys(call.responses).some((status) => /^([23]|410)/.test(status))]).toEqual([name, true]);
    }
  });

  it('names each call by a word of its own, for clients that are generated', () => {
    const names = calls().map(({ call }) => call.operationId);
    expect(names).toContain('postV3ImagesGenerateAsync');
    expect(names).toContain('getJobsJobIdOutputsIndex');
    expect(new Set(names).size).toBe(names.length);
  });

  it('resolves every reference, and leaves no word of JavaScript in it', () => {
    const text = JSON.stringify(document);
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(document.components.schemas).toHaveProperty(name);
    }
    expect(text).not.toMatch(/\$defs|9007199254740991|"additionalProperties":false/);
  });

  it('is open to everybody, as the page that shows it', async () => {
    const open = calls().filter(({ call }) => call.security?.length === 0);
    expect(open.map(({ path }) => path)).toEqual(['/docs', '/docs/{file}', '/openapi.json']);
  });

  it('tells the calls that webhooks get', () => {
    expect(Object.keys(document.webhooks)).toEqual([
      'job.ended',
      'batch.ended',
      'budget.threshold_reached',
      'webhook.test',
    ]);
    const { post } = document.webhooks['job.ended'] ?? {};
    expect(post?.parameters.map(({ name }) => name)).toEqual(['webhook-id', 'webhook-timestamp', 'webhook-signature']);
    const body = post?.requestBody?.content['application/json']?.schema;
    expect(body?.properties).toMatchObject({ type: { const: 'job.ended' }, data: { $ref: expect.any(String) } });
    expect(document.components.schemas['JobEnded']?.required).toEqual(
      expect.arrayContaining(['jobId', 'outputs', 'url']),
    );
  });

  it('gives a request its fields, limits and models', () => {
    const call = document.paths['/v3/images/generate-async']?.['post'];
    const body = call?.requestBody?.content['application/json']?.schema;
    expect(body?.required).toEqual(['prompt']);
    expect(body?.properties?.['prompt']).toEqual({ type: 'string', minLength: 1, maxLength: 1024 });
    expect(body?.properties?.['size']).toMatchObject({ default: { width: 2048, height: 2048 } });
    const header = call?.parameters.find(({ name }) => name === 'x-model-version');
    expect(header).toMatchObject({ schema: { enum: expect.arrayContaining(['image4_custom']) } });
    expect(header).not.toHaveProperty('required');
  });
});

describe('the check that every answer of the tests goes through', () => {
  const answer = { method: 'GET', path: '/queue', status: 200, contentType: 'application/json' };
  let queue: Record<string, unknown>;
  const check = (changes: Partial<ApiAnswer>) => () =>
    createAnswerCheck(document)({ ...answer, body: JSON.stringify(queue), ...changes });
  beforeAll(async () => {
    queue = (await api.call({ path: '/queue' })).json;
  });

  const withLane = (fields: object): string =>
    JSON.stringify({ lanes: (queue['lanes'] as object[]).map((lane) => ({ ...lane, ...fields })) });

  it('accepts what is described', () => {
    expect(check({})).not.toThrow();
    expect(check({ path: '/queue/' })).not.toThrow();
  });

  it.each<[string, () => Partial<ApiAnswer>]>([
    ['a field', () => ({ body: JSON.stringify({ ...queue, more: 1 }) })],
    ['a field of a field', () => ({ body: withLane({ requestsToday: { used: 1, limit: 2, more: 1 } }) })],
    ['a value', () => ({ body: withLane({ turnsGiven: 'x' }) })],
    ['a missing field', () => ({ body: withLane({ turnsGiven: undefined }) })],
    ['a status', () => ({ status: 418 })],
    ['a path', () => ({ path: '/queues' })],
    ['a method', () => ({ method: 'DELETE' })],
    ['a content type', () => ({ contentType: 'text/html' })],
    ['a body where there is none', () => ({ method: 'DELETE', path: '/jobs/x', status: 204 })],
    ['an error that is no problem', () => ({ path: '/queues', status: 404, body: '{"message":"Not Found"}' })],
  ])('refuses %s that is not described', (_, changes) => {
    expect(check(changes())).toThrow(/described|not a problem/);
  });
});
