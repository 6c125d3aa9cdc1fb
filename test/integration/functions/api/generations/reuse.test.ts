import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { incomingFolder, outputsFolder, thumbnailPrefix } from '#shared/deployment/bucket.ts';
import { rememberReusable } from '#shared/jobs/reuse.ts';
import { readJob } from '#test/fixtures/job-table.ts';
import { startApi, success, type TestApi } from '../fixture.ts';
import type { TestRequest } from '../http-event.ts';

const body = { prompt: 'a cat', seeds: [7, 11], size: { width: 2048, height: 2048 } };
const fresh = { 'cache-control': 'max-age=3600' };

describe('a request that equals an earlier one', () => {
  let api: TestApi;
  let earlier: string;
  beforeEach(async () => {
    api = await startApi();
    earlier = await api.submit({}, body);
    await api.end(earlier, success(earlier));
    await rememberReusable(api.table, await readJob(api.table, { jobId: earlier }));
  });
  afterEach(() => api.close());

  const send = async (options: Partial<TestRequest> = {}, changed: object = body) => {
    const jobId = await api.submit({ headers: fresh, ...options }, changed);
    return readJob(api.table, { jobId });
  };

  it('gets its outputs at once, in a record of its own that says so, and its end is announced', async () => {
    const dispatches = api.recorded.dispatches;
    const job = await send();
    expect(job).toMatchObject({ state: 'succeeded', reusedFrom: earlier, outputs: success(earlier).outputs, turn: 0 });
    expect(job.jobId).not.toBe(earlier);
    expect(JSON.stringify(api.recorded.events)).toContain(job.jobId);
    expect(api.recorded.dispatches).toBe(dispatches);
    const { json } = await api.call({ path: `/jobs/${job.jobId}` });
    expect(json).toMatchObject({ status: 'succeeded', reusedFrom: earlier });
  });

  it('is the same whatever the order of its fields, and with the default model named', async () => {
    const { size, seeds, prompt } = body;
    expect((await send({ headers: { ...fresh, 'x-model-version': 'image3' } }, { size, seeds, prompt })).state).toBe(
      'succeeded',
    );
  });

  it('answers the synchronous call with the result', async () => {
    const answer = await api.call({ method: 'POST', path: '/v3/images/generate', headers: fresh, body });
    expect(answer).toMatchObject({ statusCode: 200, json: { outputs: [{ seed: 7 }, { seed: 11 }] } });
  });

  it('makes one job under one idempotency key, however often it comes', async () => {
    const headers = { ...fresh, 'idempotency-key': 'k' };
    const jobs = await Promise.all([send({ headers }), send({ headers }), send({ headers })]);
    expect(new Set(jobs.map(({ jobId }) => jobId)).size).toBe(1);
    expect(api.recorded.events).toHaveLength(1);
  });

  it.each<[string, Partial<TestRequest>, object?]>([
    ['without the header', { headers: {} }],
    ['with no-cache', { headers: { 'cache-control': 'no-cache, max-age=3600' } }],
    ['with a malformed age', { headers: { 'cache-control': 'max-age=soon' } }],
    ['of another caller', { caller: 'bob' }],
    ['for another model', { headers: { ...fresh, 'x-model-version': 'image4_ultra' } }],
    ['with other seeds', {}, { ...body, seeds: [7, 12] }],
    ['without seeds', {}, { prompt: 'a cat' }],
  ])('is queued %s', async (_, options, changed) => {
    expect((await send(options, changed)).state).toBe('queued');
  });

  it('is queued once the earlier one is too old, erased, or has lost an output', async () => {
    api.clock.advance(3_601_000);
    expect((await send()).state).toBe('queued');
    const job = await readJob(api.table, { jobId: earlier });
    api.recorded.erased.push(outputsFolder(job));
    expect((await send({ headers: { 'cache-control': 'max-age=999999' } })).state).toBe('queued');
    await api.call({ method: 'DELETE', path: `/jobs/${earlier}` });
    expect((await send({ headers: { 'cache-control': 'max-age=999999' } })).state).toBe('queued');
  });

  it('is queued once an image that it names has been written anew', async () => {
    const place = 'shared-bucket/hat.png';
    const image = { source: { url: `s3://${place}` } };
    const named = { ...body, style: { imageReference: image } };
    api.recorded.objects.set(
      place,
      Buffer.from('89504e470d0a1a0a0000000d4948445200000010000000100802000000907768de', 'hex'),
    );
    api.recorded.objectsChangedAt.set(place, api.clock.now() - 60_000);
    const first = await api.submit({}, named);
    await api.end(first, success(first));
    await rememberReusable(api.table, await readJob(api.table, { jobId: first }));
    expect((await send({}, named)).reusedFrom).toBe(first);
    api.recorded.objectsChangedAt.set(place, api.clock.now());
    expect((await send({}, named)).state).toBe('queued');
  });

  it('may be erased without harm to the earlier one', async () => {
    const job = await send();
    expect((await api.call({ method: 'DELETE', path: `/jobs/${job.jobId}` })).statusCode).toBe(204);
    expect(api.recorded.erased).toEqual([incomingFolder(job), outputsFolder(job), thumbnailPrefix(outputsFolder(job))]);
    expect((await api.call({ path: `/jobs/${earlier}` })).statusCode).toBe(200);
  });
});

describe('the links of a job', () => {
  it('lead to the exact request, to similar images, and to the outputs', async () => {
    const api = await startApi();
    const jobId = await api.submit(
      { headers: { 'x-model-version': 'image4_ultra' } },
      { prompt: 'a cat', numVariations: 2 },
    );
    const linksOf = async () => (await api.call({ path: `/jobs/${jobId}` })).json['links'] as Record<string, unknown>;
    expect(await linksOf()).toEqual({
      statusUrl: `https://gateway.test/v3/status/${jobId}`,
      cancelUrl: `https://gateway.test/v3/cancel/${jobId}`,
      outputs: [],
    });
    await api.end(jobId, success(jobId));
    const { reuse, similar, outputs } = (await linksOf()) as Record<
      string,
      { href: string; headers: object; body: object }
    >;
    expect(outputs).toEqual([0, 1].map((index) => `https://gateway.test/jobs/${jobId}/outputs/${index}`));
    expect(reuse).toEqual({
      method: 'POST',
      href: 'https://gateway.test/v3/images/generate-async',
      headers: { 'content-type': 'application/json', 'x-model-version': 'image4_ultra' },
      body: { prompt: 'a cat', numVariations: 2, seeds: [7, 11] },
    });
    expect(similar).toMatchObject({ body: { image: { source: { url: `job:${jobId}/0` } } } });
    // The first output has 1,000 bytes.
    api.context.inputs.maxBytes = 999;
    expect(await linksOf()).not.toHaveProperty('similar');
    await api.close();
  });
});
