import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createRoute } from '#functions/api/uploads/routes.ts';
import { uploadsFolder } from '#shared/deployment/bucket.ts';
import { startApi, type TestApi } from '../fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const form = (caller: string) =>
  api.call({ method: 'POST', path: '/uploads', body: { contentType: 'image/png' }, caller });
const erase = (id: string, caller: string) => api.call({ method: 'DELETE', path: `/uploads/${id}`, caller });

describe('POST /uploads', () => {
  it('gives so many forms a day, however many are asked for at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => form('hungry')));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 201, 201, ...Array(5).fill(429)]);
    expect(answers.find(({ statusCode }) => statusCode === 429)).toMatchObject({
      headers: { 'retry-after': String(12 * 3_600) },
      json: { error_code: 'too_many_uploads' },
    });
    expect((await form('modest')).statusCode).toBe(201);
    api.clock.advance(12 * 3_600_000);
    expect((await form('hungry')).statusCode).toBe(201);
    api.clock.advance(-12 * 3_600_000);
  });

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
    expect(json).toMatchObject({ source: { url: `s3://outputs-bucket/${key}` }, maxBytes: 5 * 1024 ** 3 });
  });

  it.each([
    ['image/jxl', 'jxl', 1_000],
    ['image/vnd.adobe.photoshop', 'psd', 5 * 1024 ** 3],
    ['application/x-photoshop-actions', 'atn', 5 * 1024 ** 3],
    ['application/rdf+xml', 'xmp', 5 * 1024 ** 3],
    ['image/x-nikon-nef', 'nef', 5 * 1024 ** 3],
    ['font/woff2', 'woff2', 5 * 1024 ** 3],
    ['application/x-indesign', 'indd', 2 * 1024 ** 3],
    ['audio/wav', 'wav', 5 * 1024 ** 3],
    ['video/quicktime', 'mov', 5 * 1024 ** 3],
    ['model/vnd.usdz+zip', 'usdz', 5 * 1024 ** 3],
  ])('takes %s as .%s, as large as the services that take it', async (contentType, extension, maxBytes) => {
    const { json } = await api.call({ method: 'POST', path: '/uploads', body: { contentType }, caller: extension });
    expect(json).toMatchObject({ maxBytes, source: { url: expect.stringMatching(`\\.${extension}$`) } });
  });

  it('takes what the services that are on take', async () => {
    const types = async (services: typeof api.context.services) => {
      const route = createRoute({ ...api.context, services });
      const getSchema = route.describe.body?.['application/json'] as () => z.ZodType;
      return z.toJSONSchema(getSchema()).properties?.['contentType'];
    };
    const [firefly] = api.context.services;
    if (firefly === undefined) throw new Error('No service is on.');
    expect(await types([firefly])).toEqual({ type: 'string', enum: firefly.inputTypes });
  });

  it.each([{}, { contentType: 'text/html5' }, { contentType: 'image/png', key: 'x' }])('refuses %j', async (body) => {
    expect(await api.call({ method: 'POST', path: '/uploads', body })).toMatchObject({ statusCode: 422 });
  });
});

describe('DELETE /uploads/{uploadId}', () => {
  const upload = async (caller: string) => {
    const { json } = await form(caller);
    const { key } = (json['upload'] as { fields: { key: string } }).fields;
    api.recorded.objects.set(`outputs-bucket/${key}`, Buffer.from('png'));
    return { id: String(json['uploadId']), key };
  };

  it('erases what was uploaded, once', async () => {
    const { id, key } = await upload('eve');
    expect(await erase(id.toUpperCase(), 'eve')).toMatchObject({ statusCode: 204, body: '' });
    expect(api.recorded.objects.has(`outputs-bucket/${key}`)).toBe(false);
    expect((await erase(id, 'eve')).json['error_code']).toBe('unknown_upload_id');
  });

  it('erases the copy of an image that was sent to Adobe, by the name in its source', async () => {
    const name = 'ab'.repeat(32);
    api.recorded.objects.set(`outputs-bucket/${uploadsFolder('eve')}${name}.png`, Buffer.from('png'));
    expect((await erase(name, 'eve')).statusCode).toBe(204);
  });

  it('knows no upload of another caller, and nothing that is no id', async () => {
    const { id, key } = await upload('dora');
    for (const tried of [id, key, '.', '..', '%2e%2e', id.slice(0, 8), `${id}.png`, '*']) {
      expect([tried, (await erase(tried, 'eve')).statusCode]).toEqual([tried, 404]);
    }
    expect(api.recorded.objects.has(`outputs-bucket/${key}`)).toBe(true);
  });
});
