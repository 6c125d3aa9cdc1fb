import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uploadsFolder } from '#shared/deployment/bucket.ts';
import { findUploadId } from '#shared/inputs/upload-ids.ts';
import { type FakeAdobe, type ScriptedAnswer, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';
import { startApi, type TestApi } from '../fixture.ts';

const path = '/v2/storage/image';
const png = Buffer.from('89504e470d0a1a0a0000000d4948445200000010000000100802000000907768de', 'hex');
const id = '3f6c1f4e-8f0e-4b52-9e0c-0a8d1c3b2a10';

let adobe: FakeAdobe;
let api: TestApi;
const copies: { key: string; contentType: string }[] = [];
beforeAll(async () => {
  adobe = await startFakeAdobe();
  api = await startApi({
    fireflyUrl: adobe.url,
    objects: {
      put: async (key, _body, contentType) => {
        copies.push({ key, contentType });
        return { bucket: 'outputs-bucket', key, etag: '"etag"' };
      },
    },
  });
});
afterAll(() => Promise.all([adobe.close(), api.close()]));

const post = (body: Buffer, contentType: string) =>
  api.call({
    method: 'POST',
    path,
    body: body.toString('base64'),
    isBase64Encoded: true,
    headers: { 'content-type': contentType },
  });

const upload = (...answers: [ScriptedAnswer, ...ScriptedAnswer[]]) => {
  adobe.script('POST', path, ...answers);
  return post(png, 'image/png');
};

describe("an image on its way to Adobe's storage", () => {
  it('leaves a copy in S3, which need not be brought there again', async () => {
    const { statusCode, json } = await upload({ status: 200, body: { images: [{ id }] } });
    expect(statusCode).toBe(200);
    const [{ key, contentType } = { key: '', contentType: '' }] = copies;
    expect(json).toEqual({ images: [{ id, source: { url: `s3://outputs-bucket/${key}` } }] });
    expect(key.startsWith(uploadsFolder('alice'))).toBe(true);
    expect(contentType).toBe('image/png');
    expect(adobe.asked('POST', path)[0]?.headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(png.length),
    });
    expect(await findUploadId(api.table, { bucket: 'outputs-bucket', key, etag: '"etag"' })).toBe(id);
  });

  it("is its own caller's by its id, whatever the capitals: to others it does not exist", async () => {
    const known = 'a7e1d2c3-b4f5-4a6b-8c7d-9e8f7a6b5c4d';
    expect((await upload({ status: 200, body: { images: [{ id: known }] } })).statusCode).toBe(200);
    const similar = (caller: string, uploadId: string) =>
      api.call({
        method: 'POST',
        path: '/v3/images/generate-similar-async',
        caller,
        body: { image: { source: { uploadId } } },
      });
    for (const uploadId of [known, known.toUpperCase()]) {
      expect(await similar('alice', uploadId)).toMatchObject({ statusCode: 202 });
      expect(await similar('bob', uploadId)).toMatchObject({
        statusCode: 422,
        json: {
          validation_errors: [{ loc: ['body', 'image', 'source', 'uploadId'], msg: 'there is no such upload' }],
        },
      });
    }
    // Made elsewhere, with the same organization at Adobe.
    expect(await similar('bob', '0d9c8b7a-6f5e-4d3c-a2b1-c0d9e8f7a6b5')).toMatchObject({ statusCode: 202 });
    // Adobe keeps it for a week, and the gateway remembers it as long.
    api.clock.advance(8 * 86_400_000);
    expect(await similar('bob', known)).toMatchObject({ statusCode: 202 });
  });

  it('has no id that its caller gets to know before the gateway remembers whose it is', async () => {
    const { dynamoDb } = api.table;
    const broken = await startApi({
      fireflyUrl: adobe.url,
      table: {
        ...api.table,
        dynamoDb: Object.assign(Object.create(dynamoDb), {
          send: async (...[operation, input]: Parameters<typeof dynamoDb.send>) => {
            if (operation === 'PutItem' && /"pk":{"S":"upload#/.test(JSON.stringify(input)))
              throw new Error('The table is out of reach.');
            return dynamoDb.send(operation, input);
          },
        }),
      },
    });
    adobe.script('POST', path, { status: 200, body: { images: [{ id }] } });
    const answer = await broken.call({
      method: 'POST',
      path,
      body: png.toString('base64'),
      isBase64Encoded: true,
      headers: { 'content-type': 'image/png' },
    });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain(id);
    await broken.close();
  });

  it.each([
    [451, 'image_unsafe', 451],
    [400, 'bad_request', 400],
    [403, 'access_error', 502],
  ])('is refused by Adobe with %i %s: %i', async (status, code, ours) => {
    const answer = await upload({ status, body: { error_code: code, message: 'no' } });
    expect(answer).toMatchObject({ statusCode: ours, json: { error_code: code, message: 'no' } });
  });

  it('is sent once more with another token, and not while Adobe is out of reach', async () => {
    expect((await upload({ status: 401 }, { status: 200, body: { images: [{ id }] } })).statusCode).toBe(200);
    const busy = await upload({ status: 429, headers: { 'retry-after': '7' } });
    expect(busy).toMatchObject({ statusCode: 503, headers: { 'retry-after': '7' } });
    expect((await upload({ status: 200, body: { images: [] } })).statusCode).toBe(503);
  });
});

describe('an image that Adobe could not take', () => {
  const tooLarge = Buffer.concat([png, Buffer.alloc(4 * 1024 * 1024)]);

  it.each<[string, Buffer, string, number, string]>([
    ['another type', png, 'image/gif', 415, 'invalid_content_type'],
    ['nothing', Buffer.alloc(0), 'image/png', 400, 'empty_input_body'],
    ['bytes of another type', png, 'image/jpeg', 422, 'validation_error'],
    ['more than 4 MB', tooLarge, 'image/png', 413, 'request_too_large'],
  ])('is refused: %s', async (_, body, type, status, code) => {
    const before = copies.length;
    expect(await post(body, type)).toMatchObject({ statusCode: status, json: { error_code: code } });
    expect(copies).toHaveLength(before);
  });

  it('points to the uploads for what is too large', async () => {
    const { json } = await post(tooLarge, 'image/png');
    expect(json['uploads']).toBe('https://gateway.test/uploads');
  });
});
