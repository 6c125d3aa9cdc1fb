import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ObjectCreated } from '#local/s3/object-created.ts';
import { startS3 } from '#local/s3/start-s3.ts';
import { patternOf, s3ClientOf } from './s3-client.ts';

const Bucket = 'stage-outputs';

/** For machines that are busy with other tests. */
const patient = { timeout: 60_000 };

const isServing = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

describe('an object created under the prefix', () => {
  it('is announced once, however it was stored, and no other', async () => {
    const events: ObjectCreated[] = [];
    const server = await startS3({ bucket: Bucket, onObjectCreated: (event) => events.push(event) });
    const client = s3ClientOf(server.url);
    onTestFinished(async () => {
      client.destroy();
      await server.close();
    });
    const put = (Key: string, Body = 'body') => client.send(new PutObjectCommand({ Bucket, Key, Body }));

    const { ETag = '' } = await put('inbox/team/a b+ü%.txt', 'twelve bytes');
    await put('outputs/1.png');
    await put('inbox');
    await client.send(new CopyObjectCommand({ Bucket, Key: 'inbox/copy.csv', CopySource: `${Bucket}/outputs/1.png` }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'inbox/copy.csv' }));
    await new Upload({ client, params: { Bucket, Key: 'inbox/large.csv', Body: patternOf(9_000_000) } }).done();
    await put('inbox/last');

    await vi.waitFor(() => expect(events.map((event) => event.key)).toContain('inbox/last'), patient);
    expect(events.filter((event) => event.key !== 'inbox/copy.csv')).toEqual([
      {
        bucket: Bucket,
        key: 'inbox/team/a b+ü%.txt',
        size: 12,
        etag: ETag.replaceAll('"', ''),
        reason: 'PutObject',
      },
      {
        bucket: Bucket,
        key: 'inbox/large.csv',
        size: 9_000_000,
        etag: expect.stringMatching(/-2$/),
        reason: 'CompleteMultipartUpload',
      },
      { bucket: Bucket, key: 'inbox/last', size: 4, etag: expect.any(String), reason: 'PutObject' },
    ]);
  });
});

describe('the process', () => {
  it('ends with close and frees its port', async () => {
    const server = await startS3({ bucket: Bucket });
    const { port } = new URL(server.url);

    await server.close();
    await server.close();

    expect(await isServing(server.url)).toBe(false);
    const again = await startS3({ bucket: Bucket, port: Number(port) });
    expect(again.url).toBe(server.url);
    await again.close();
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('ends with the process that started it, also by %s', async (signal) => {
    const parent = fork(fileURLToPath(new URL('./s3-parent.ts', import.meta.url)), [], { execArgv: [] });
    const [url] = (await once(parent, 'message')) as [string];
    expect(await isServing(url)).toBe(true);

    parent.kill(signal);
    await once(parent, 'exit');

    await vi.waitFor(async () => expect(await isServing(url)).toBe(false), patient);
  });

  it('says why it does not start', async () => {
    const first = await startS3({ bucket: Bucket });
    onTestFinished(() => first.close());

    await expect(startS3({ bucket: Bucket, port: Number(new URL(first.url).port) })).rejects.toThrow('EADDRINUSE');
    await expect(startS3({ bucket: 'Not a bucket' })).rejects.toThrow('InvalidBucketName');
  });
});
