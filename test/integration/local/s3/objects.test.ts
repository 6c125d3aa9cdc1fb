import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type S3Server, startS3 } from '#local/s3/start-s3.ts';
import { patternOf, s3ClientOf } from './s3-client.ts';

const Bucket = 'stage-outputs';
let server: S3Server;
let client: S3Client;

beforeAll(async () => {
  server = await startS3({ bucket: Bucket });
  client = s3ClientOf(server.url);
});

afterAll(async () => {
  client?.destroy();
  await server?.close();
});

const put = (Key: string, Body: string | Buffer = 'body') => client.send(new PutObjectCommand({ Bucket, Key, Body }));

const bytesOf = async (Key: string, Range?: string): Promise<Buffer> => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...(Range && { Range }) }));
  return buffer(Body as Readable);
};

describe('an object', () => {
  it('keeps its bytes, content type and metadata', async () => {
    const Key = `outputs/${randomUUID()}.png`;
    const body = patternOf(100_000);
    await client.send(
      new PutObjectCommand({ Bucket, Key, Body: body, ContentType: 'image/png', Metadata: { seed: '42' } }),
    );

    const head = await client.send(new HeadObjectCommand({ Bucket, Key }));

    expect(head).toMatchObject({ ContentType: 'image/png', ContentLength: 100_000, Metadata: { seed: '42' } });
    expect((await bytesOf(Key)).equals(body)).toBe(true);
    expect((await bytesOf(Key, 'bytes=99990-')).equals(body.subarray(99_990))).toBe(true);
    expect((await bytesOf(Key, 'bytes=10-19')).equals(body.subarray(10, 20))).toBe(true);
  });

  it('may have any content type, forms and JSON included', async () => {
    for (const ContentType of ['application/x-www-form-urlencoded', 'application/x-amz-json-1.0', 'application/json']) {
      const Key = `types/${ContentType}`;
      await client.send(new PutObjectCommand({ Bucket, Key, Body: 'a=1&b', ContentType }));

      expect((await bytesOf(Key)).toString()).toBe('a=1&b');
    }
  });

  it('may be empty', async () => {
    await put('empty', '');

    expect((await client.send(new HeadObjectCommand({ Bucket, Key: 'empty' }))).ContentLength).toBe(0);
  });

  it('may have any key', async () => {
    const segment = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((text) => !text.startsWith('.'));
    await fc.assert(
      fc.asyncProperty(fc.array(segment, { minLength: 1, maxLength: 4 }), async (segments) => {
        const Key = `keys/${segments.join('/')}`;
        fc.pre(Key.isWellFormed() && Buffer.byteLength(Key) <= 1024);
        await put(Key, Key);

        expect((await bytesOf(Key)).toString()).toBe(Key);
      }),
      { numRuns: 40 },
    );
    await put(`keys/${'long'.repeat(250)}`);
    expect((await bytesOf(`keys/${'long'.repeat(250)}`)).toString()).toBe('body');
  });

  it('larger than a part is stored by one request, too', async () => {
    const body = patternOf(20 * 1024 * 1024);

    await put('large', body);

    expect((await bytesOf('large')).equals(body)).toBe(true);
  });

  it('is streamed in parts of 8 MB by lib-storage', async () => {
    const body = patternOf(20 * 1024 * 1024);
    const chunks = Array.from({ length: 20 }, (_, index) => body.subarray(index * 1024 ** 2, (index + 1) * 1024 ** 2));
    const upload = new Upload({
      client,
      params: { Bucket, Key: 'parts', Body: Readable.from(chunks), ContentType: 'video/mp4' },
      partSize: 8 * 1024 * 1024,
      queueSize: 1,
    });

    await upload.done();

    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'parts' }));
    expect(head).toMatchObject({ ContentType: 'video/mp4', ContentLength: body.length });
    expect(head.ETag).toMatch(/-3"$/);
    expect((await bytesOf('parts')).equals(body)).toBe(true);
  });

  it('is not found by another key, nor in another bucket', async () => {
    await expect(bytesOf('missing')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(client.send(new GetObjectCommand({ Bucket: 'missing-bucket', Key: 'key' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
  });
});

describe('a list of objects', () => {
  it('is in the order of S3 and loses nothing between its pages', async () => {
    const keys = ['a', 'B', 'a-1', 'a1', 'ä', 'Z/1', 'a/1', '_', '0', 'z'].map((name) => `list/${name}`);
    for (const key of keys) await put(key);

    const listed: string[] = [];
    const pages = paginateListObjectsV2({ client, pageSize: 3 }, { Bucket, Prefix: 'list/' });
    for await (const page of pages) listed.push(...(page.Contents ?? []).flatMap((object) => object.Key ?? []));

    expect(listed).toEqual(keys.toSorted());
  });
});

describe('versions', () => {
  it('are one per object, named null, page by page', async () => {
    for (const name of ['1', '2', '3']) await put(`versions/${name}`);
    const request = { Bucket, Prefix: 'versions/', MaxKeys: 2 };

    const first = await client.send(new ListObjectVersionsCommand(request));
    const second = await client.send(
      new ListObjectVersionsCommand({
        ...request,
        KeyMarker: first.NextKeyMarker,
        VersionIdMarker: first.NextVersionIdMarker,
      }),
    );

    const versions = [...(first.Versions ?? []), ...(second.Versions ?? [])];
    expect(versions).toMatchObject(
      ['1', '2', '3'].map((name) => ({ Key: `versions/${name}`, VersionId: 'null', IsLatest: true, Size: 4 })),
    );
    expect([first.IsTruncated, second.IsTruncated]).toEqual([true, false]);
  });

  it('are deleted by key and version, one by one or together', async () => {
    for (const name of ['1', '2', '3']) await put(`erase/${name}`);

    await client.send(new DeleteObjectCommand({ Bucket, Key: 'erase/1', VersionId: 'null' }));
    await client.send(
      new DeleteObjectsCommand({
        Bucket,
        Delete: { Objects: ['2', '3'].map((name) => ({ Key: `erase/${name}`, VersionId: 'null' })) },
      }),
    );

    const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'erase/' }));
    expect(Versions ?? []).toEqual([]);
  });

  it('that do not exist are refused', async () => {
    await put('kept');

    await expect(
      client.send(new DeleteObjectCommand({ Bucket, Key: 'kept', VersionId: 'other' })),
    ).rejects.toMatchObject({ name: 'InvalidArgument' });
    expect((await bytesOf('kept')).toString()).toBe('body');
  });
});

describe('a copy', () => {
  it('has the content and the type of its source', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'source ü', Body: 'text', ContentType: 'text/csv' }));

    await client.send(
      new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${encodeURIComponent('source ü')}` }),
    );

    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'copy' }));
    expect(Contents).toMatchObject([{ Key: 'copy', Size: 4 }]);
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: 'copy' }))).ContentType).toBe('text/csv');
  });
});
