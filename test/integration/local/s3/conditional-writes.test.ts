import { GetObjectCommand, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type S3Server, startS3 } from '#local/s3/start-s3.ts';
import { s3ClientOf } from './s3-client.ts';

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

const put = (Key: string, Body: string, when: { IfNoneMatch?: string; IfMatch?: string } = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...when }));

const textOf = async (Key: string) =>
  (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();

const outcome = async (write: Promise<unknown>): Promise<string> => {
  try {
    await write;
    return 'written';
  } catch (error) {
    if (error instanceof S3ServiceException) return `${error.$metadata.httpStatusCode} ${error.name}`;
    throw error;
  }
};

describe('a write with a condition', () => {
  it('that nothing is there happens once, however many come at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) => outcome(put('once', String(index), { IfNoneMatch: '*' }))),
    );

    expect(outcomes.toSorted()).toEqual([...Array(9).fill('412 PreconditionFailed'), 'written']);
    expect(await textOf('once')).toBe(String(outcomes.indexOf('written')));
  });

  it('on an ETag happens while the object has it, once', async () => {
    const { ETag: IfMatch } = await put('changing', 'first');
    const outcomes = await Promise.all(['second', 'third'].map((text) => outcome(put('changing', text, { IfMatch }))));

    expect(outcomes.toSorted()).toEqual(['412 PreconditionFailed', 'written']);
    expect(await outcome(put('changing', 'fourth', { IfMatch }))).toBe('412 PreconditionFailed');
    expect(await textOf('changing')).toBe(outcomes[0] === 'written' ? 'second' : 'third');
  });

  it('on an ETag brings back nothing that is gone', async () => {
    expect(await outcome(put('gone', 'text', { IfMatch: '"0123"' }))).toBe('404 NoSuchKey');
  });
});
