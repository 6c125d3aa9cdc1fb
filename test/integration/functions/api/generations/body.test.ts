import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJob } from '#test/fixtures/job-table.ts';
import { startApi, type TestApi } from '../fixture.ts';

describe('the body of a request', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  it('is stored as its caller wrote it, to the byte', async () => {
    const body = '{ "prompt": "a k\\u00e4fer", "dose": [1e20, 9007199254740993, 1.50] }\n';
    const jobId = await api.submit({}, body);
    expect((await readJob(api.table, { jobId })).request).toBe(body);
    expect((await api.call({ path: `/jobs/${jobId}` })).body).toContain('"dose":[1e20,9007199254740993,1.50]');
  });

  it('keeps its size at 100 KB, whatever its numbers would grow to', async () => {
    const body = `{"prompt":"a","x":[${Array(20_000).fill('1e20').join()}]}`;
    const jobId = await api.submit({}, body);
    expect((await readJob(api.table, { jobId })).request).toHaveLength(body.length);
    expect((await api.call({ path: `/jobs/${jobId}` })).body.length).toBeLessThan(4 * body.length);
  });

  it('may have null for a field that is not given, which is not sent', async () => {
    const keyed = { headers: { 'idempotency-key': 'nulls' } };
    const body = '{"prompt":"a pier","seeds":null,"style":{"presets":["bw"],"imageReference":null},"mood":null}';
    const accepted = await api.generate(body, keyed);
    expect(accepted.statusCode).toBe(202);
    const job = await readJob(api.table, { jobId: String(accepted.json['jobId']) });
    expect(job.request).toBe('{"prompt":"a pier","style":{"presets":["bw"]},"mood":null}');
    // It is the same request.
    expect((await api.generate(job.request, keyed)).json).toEqual(accepted.json);
    expect(await api.generate('{"prompt":null}')).toMatchObject({
      statusCode: 422,
      json: { validation_errors: [{ loc: ['body', 'prompt'] }] },
    });
  });

  it('names its outputs by x-output-name, and is refused where that names what is not there', async () => {
    const size = { width: 2048, height: 2048 };
    const named = (name: string) =>
      api.generate({ prompt: 'a secret', size, numVariations: 2 }, { headers: { 'x-output-name': name } });
    const { json } = await named('kite {size.width}');
    expect(await readJob(api.table, { jobId: String(json['jobId']) })).toMatchObject({
      outputName: { name: 'kite-2048', count: 2 },
    });
    for (const [name, reason] of [
      ['{sku}', 'which nothing is called. Known are {operation}'],
      ['{prompt}', 'prompts and addresses never become keys'],
    ] as const) {
      const answer = await named(name);
      expect(answer).toMatchObject({ statusCode: 422, json: { message: expect.stringContaining(reason) } });
      expect(answer.json['validation_errors']).toMatchObject([{ loc: ['header', 'x-output-name'] }]);
    }
  });
});
