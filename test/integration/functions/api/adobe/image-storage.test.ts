import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImageStorage } from '#functions/api/adobe/image-storage.ts';
import { uploadsPrefix } from '#shared/inputs/caller-folders.ts';
import { findUploadId } from '#shared/inputs/upload-ids.ts';
import { type FakeAdobe, type ScriptedAnswer, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';
import { startApi, type TestApi } from '../fixture.ts';

const path = '/v2/storage/image';
const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const id = '3f6c1f4e-8f0e-4b52-9e0c-0a8d1c3b2a10';

let adobe: FakeAdobe;
let api: TestApi;
const copies: { Bucket: string; Key: string; ContentType: string }[] = [];
beforeAll(async () => {
  [adobe, api] = await Promise.all([startFakeAdobe(), startApi()]);
  const { inputs, tokens, storage } = api.gateway;
  const send = async ({ input }: { input: (typeof copies)[number] }) => {
    copies.push(input);
    return { ETag: '"etag"' };
  };
  const s3 = { send } as unknown as S3Client;
  // Routes hold on to the object that they were given.
  Object.assign(storage, createImageStorage({ inputs: { ...inputs, s3 }, tokens, fireflyUrl: adobe.url }));
});
afterAll(() => Promise.all([adobe.close(), api.close()]));

const upload = (...answers: [ScriptedAnswer, ...ScriptedAnswer[]]) => {
  adobe.script('POST', path, ...answers);
  return api.call({
    method: 'POST',
    path,
    body: png.toString('base64'),
    isBase64Encoded: true,
    headers: { 'content-type': 'image/png' },
  });
};

describe("an image on its way to Adobe's storage", () => {
  it('leaves a copy in S3, which need not be brought there again', async () => {
    const { statusCode, json } = await upload({ status: 200, body: { images: [{ id }] } });
    expect(statusCode).toBe(200);
    const [{ Bucket, Key, ContentType } = { Bucket: '', Key: '', ContentType: '' }] = copies;
    expect(json).toEqual({ images: [{ id, source: { url: `s3://${Bucket}/${Key}` } }] });
    expect(Key.startsWith(uploadsPrefix('alice'))).toBe(true);
    expect(ContentType).toBe('image/png');
    expect(adobe.asked('POST', path)[0]?.headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(png.length),
    });
    expect(await findUploadId(api.table, { bucket: Bucket, key: Key, etag: '"etag"' })).toBe(id);
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
