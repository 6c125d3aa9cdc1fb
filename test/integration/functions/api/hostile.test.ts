import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpEvent } from '#functions/api/http/request.ts';
import { startApi, type TestApi } from './fixture.ts';
import { httpEvent } from './http-event.ts';

describe('a hostile request', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  it.each([
    [
      'presets that are numbers',
      '/v3/images/generate-async',
      `{"prompt":"x","style":{"presets":[${Array(45_000).fill('1').join()}]}}`,
      'body: and 44950 more',
    ],
    [
      'sizes that are empty',
      '/v3/videos/generate',
      `{"prompt":"x","sizes":[${Array(30_000).fill('{}').join()}]}`,
      'more',
    ],
    [
      'fields beside a source',
      '/batches',
      JSON.stringify({ source: 'x', ...Object.fromEntries(Array.from({ length: 200_000 }, (_, n) => [n, 0])) }),
      '',
    ],
    ['a field with a long name', '/batches', JSON.stringify({ source: 'x', ['n'.repeat(3_000_000)]: 0 }), ''],
  ])('422 of modest size for many %s', async (_, path, body, words) => {
    const headers: Record<string, string> = path.includes('video') ? { 'x-model-version': 'video1_standard' } : {};
    const response = await api.call({ method: 'POST', path, body, headers });
    expect(response.statusCode).toBe(422);
    expect(response.body.length).toBeLessThan(100_000);
    expect((response.json['validation_errors'] as unknown[]).length).toBeLessThanOrEqual(51);
    expect(response.json['message']).toContain(words);
  });

  it.each(['0', 'x'.repeat(1_025), 'ä'.repeat(2_000), '%00', '0199a0e4-7c1f-7000-8000-00000000000g'])(
    '404 for the webhook %s, before the table is asked',
    async (id) => {
      for (const [method, path] of [
        ['GET', ''],
        ['DELETE', ''],
        ['PUT', ''],
        ['POST', '/test'],
        ['POST', '/enable'],
        ['POST', '/rotate-secret'],
      ]) {
        const response = await api.call({ method: method ?? '', path: `/webhooks/${encodeURI(id)}${path}` });
        expect(response).toMatchObject({ statusCode: 404, json: { error_code: 'unknown_webhook_id' } });
      }
    },
  );

  it.each([
    ['the description of a webhook', 'POST', '/webhooks', '{"url":"https://example.com/","description":"a\\ud800"}'],
    ['the address of a webhook', 'POST', '/webhooks', '{"url":"https://example.com/\\udfff"}'],
    ['the reason of a pause', 'PUT', '/queue/pause', '{"reason":"\\ud800"}'],
    ['the key of a file', 'POST', '/batches', '{"source":"s3://outputs-bucket/inbox/alice/\\ud800"}'],
    ['the key of an input', 'POST', '/v3/images/upscale', '{"image":{"source":{"url":"s3://shared-bucket/\\ud800"}}}'],
  ])('422 for half of a surrogate pair in %s', async (_, method, path, body) => {
    expect(await api.call({ method, path, body })).toMatchObject({ statusCode: 422 });
  });

  it.each<[string, (event: HttpEvent) => unknown]>([
    ['no context', ({ requestContext: _, ...event }) => event],
    ['no method', (event) => ({ ...event, requestContext: { ...event.requestContext, http: {} } })],
    ['nothing', () => ({})],
  ])('400 for an event with %s, as API Gateway sends none', async (_, spoil) => {
    const response = await api.send(spoil(httpEvent({ path: '/health' })) as HttpEvent);
    expect(response).toMatchObject({ statusCode: 400, json: { error_code: 'bad_request' } });
  });
});
