import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it, onTestFinished } from 'vitest';
import { expireObjects } from '#local/expire-objects.ts';
import { startS3 } from '#local/s3/start-s3.ts';
import { stackNames } from '#local/stack-settings.ts';
import { listExpirations } from '#shared/deployment/object-retention.ts';
import { s3ClientOf } from '../s3/s3-client.ts';

const dayMs = 86_400_000;

it('deletes objects when the rules of the bucket would, and what no rule names never', async () => {
  const Bucket = stackNames.bucket;
  const server = await startS3({ bucket: Bucket });
  onTestFinished(server.close);
  const client = s3ClientOf(server.url);
  onTestFinished(() => client.destroy());
  for (const Key of ['incoming/a', 'uploads/a', 'outputs/a', 'batches/a', 'policies/a']) {
    await client.send(new PutObjectCommand({ Bucket, Key, Body: 'body' }));
  }
  const expirations = listExpirations({
    uploadRetentionDays: 30,
    batchRetentionDays: 90,
    outputRetentionDays: undefined,
  });
  const leftAfter = async (days: number) => {
    await expireObjects(client, expirations, Date.now() + days * dayMs);
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
    return Contents.map(({ Key }) => Key);
  };
  expect(await leftAfter(1)).toHaveLength(5);
  expect(await leftAfter(2)).toEqual(['batches/a', 'outputs/a', 'policies/a', 'uploads/a']);
  expect(await leftAfter(30)).toEqual(['batches/a', 'outputs/a', 'policies/a']);
  expect(await leftAfter(1_000)).toEqual(['outputs/a', 'policies/a']);
});
