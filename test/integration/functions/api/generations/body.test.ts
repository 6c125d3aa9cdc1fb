import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getJob } from '#shared/jobs/job-store.ts';
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
    expect((await getJob(api.table, jobId))?.request).toBe(body);
    expect((await api.call({ path: `/jobs/${jobId}` })).body).toContain('"dose":[1e20,9007199254740993,1.50]');
  });

  it('keeps its size at 100 KB, whatever its numbers would grow to', async () => {
    const body = `{"prompt":"a","x":[${Array(20_000).fill('1e20').join()}]}`;
    const jobId = await api.submit({}, body);
    expect((await getJob(api.table, jobId))?.request).toHaveLength(body.length);
    expect((await api.call({ path: `/jobs/${jobId}` })).body.length).toBeLessThan(4 * body.length);
  });

  it('may have null for a field that is not given, which is not sent', async () => {
    const keyed = { headers: { 'idempotency-key': 'nulls' } };
    const body = '{"prompt":"a pier","seeds":null,"style":{"presets":["bw"],"imageReference":null},"mood":null}';
    const accepted = await api.generate(body, keyed);
    expect(accepted.statusCode).toBe(202);
    const job = await getJob(api.table, String(accepted.json['jobId']));
    expect(job?.request).toBe('{"prompt":"a pier","style":{"presets":["bw"]},"mood":null}');
    // It is the same request.
    expect((await api.generate(job?.request, keyed)).json).toEqual(accepted.json);
    expect(await api.generate('{"prompt":null}')).toMatchObject({
      statusCode: 422,
      json: { validation_errors: [{ loc: ['body', 'prompt'] }] },
    });
  });
});
