import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uploadsFolder } from '#shared/deployment/bucket.ts';
import { startApi, type TestApi } from '../fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('POST /uploads', () => {
  it('gives a form for a place of the caller, and the source to name it by', async () => {
    const { statusCode, json } = await api.call({
      method: 'POST',
      path: '/uploads',
      body: { contentType: 'image/tiff' },
    });
    const key = (json['upload'] as { fields: { key: string } }).fields.key;
    expect(statusCode).toBe(201);
    expect(key.startsWith(uploadsFolder('alice'))).toBe(true);
    expect(key).toMatch(/\.tif$/);
    expect(json).toMatchObject({ source: { url: `s3://outputs-bucket/${key}` }, maxBytes: 1_000 });
  });

  it.each([{}, { contentType: 'image/gif' }, { contentType: 'image/png', key: 'x' }])('refuses %j', async (body) => {
    expect(await api.call({ method: 'POST', path: '/uploads', body })).toMatchObject({ statusCode: 422 });
  });
});
