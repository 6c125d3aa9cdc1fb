import { afterAll, beforeAll, expect, it } from 'vitest';
import { getBatch } from '#shared/batches/batch-store.ts';
import { startApi, type TestApi } from '../fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const post = (body: unknown, headers: Record<string, string>) =>
  api.call({ method: 'POST', path: '/batches', body, headers });

const postLines = (headers: Record<string, string>) =>
  post('{"body":{"prompt":"a cat"}}', { 'content-type': 'application/x-ndjson', ...headers });

it('keeps labels for the lines of a batch, which are a part of the request', async () => {
  const headers = { 'x-label': 'campaign=spring, team=brand', 'idempotency-key': 'labelled' };
  const { json } = await postLines(headers);
  const labels = { campaign: 'spring', team: 'brand' };
  expect(json).toMatchObject({ labels });
  expect(await getBatch(api.table, String(json['batchId']))).toMatchObject({ labels });
  const again = await postLines({ ...headers, 'x-label': 'team=brand,campaign=spring' });
  expect(again.json['batchId']).toBe(json['batchId']);
  const other = await postLines({ ...headers, 'x-label': 'campaign=summer' });
  expect(other).toMatchObject({ statusCode: 422, json: { error_code: 'idempotency_key_reused' } });
  expect(await postLines({ 'x-label': 'spring' })).toMatchObject({ statusCode: 400 });
  api.recorded.objects.set('outputs-bucket/inbox/alice/labelled.jsonl', Buffer.from('{}'));
  const source = { source: 's3://outputs-bucket/inbox/alice/labelled.jsonl', labels };
  const named = await post(source, { 'content-type': 'application/json', 'x-label': 'campaign=other' });
  expect(named).toMatchObject({ statusCode: 202, json: { labels } });
  expect(await post({ ...source, labels: { campaign: '' } }, { 'content-type': 'application/json' })).toMatchObject({
    statusCode: 422,
  });
});
