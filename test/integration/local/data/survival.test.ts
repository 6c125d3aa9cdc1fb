import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Upload } from '@aws-sdk/lib-storage';
import { expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { createJobTable } from '#local/create-tables.ts';
import { openState } from '#local/data/state.ts';
import type { FinishedExecution } from '#local/lambda/durable/executions.ts';
import { startS3 } from '#local/s3/start-s3.ts';
import { startSecretsManager } from '#local/secrets-manager/server.ts';
import { startDynamoDbThread } from '#local/start-dynamodb.ts';
import { eventually, functionOf, startService } from '../lambda/service.ts';
import { patternOf, s3ClientOf } from '../s3/s3-client.ts';

const newFolder = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-data-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
};
const identity = { region: 'us-east-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };

it('keeps tables, with their indexes as the items are', async () => {
  const path = await newFolder();
  const open = async () => {
    const server = await startDynamoDbThread({ path });
    const client = new DynamoDBClient({ endpoint: server.url, ...identity });
    const close = async () => {
      client.destroy();
      await server.close();
    };
    return { client, documents: DynamoDBDocumentClient.from(client), close };
  };
  const first = await open();
  await createJobTable(first.client, 'jobs');
  const Key = { pk: 'job#1', sk: 'job' };
  await first.documents.send(
    new PutCommand({ TableName: 'jobs', Item: { ...Key, queueState: 'queued', queueOrder: '1' } }),
  );
  await first.documents.send(
    new UpdateCommand({
      TableName: 'jobs',
      Key,
      UpdateExpression: 'SET queueState = :active',
      ExpressionAttributeValues: { ':active': 'active' },
    }),
  );
  await first.close();
  const second = await open();
  await createJobTable(second.client, 'jobs');
  const listed = await Promise.all(
    ['queued', 'active'].map((state) =>
      second.documents.send(
        new QueryCommand({
          TableName: 'jobs',
          IndexName: 'queue',
          KeyConditionExpression: 'queueState = :state',
          ExpressionAttributeValues: { ':state': state },
        }),
      ),
    ),
  );
  expect(listed.map(({ Items }) => Items?.map(({ pk }) => pk))).toEqual([[], ['job#1']]);
  await second.close();
});

it('keeps objects of any size, and events that were not delivered', async () => {
  const storageDirectory = await newFolder();
  const large = patternOf(12 * 1024 * 1024);
  const Bucket = 'outputs';
  let isDelivered = false;
  const events: string[] = [];
  const onObjectCreated = ({ key }: { key: string }) => {
    events.push(key);
    if (!isDelivered) throw new Error('not now');
  };
  const first = await startS3({ bucket: Bucket, storageDirectory, onObjectCreated });
  first.announce();
  const client = s3ClientOf(first.url);
  await client.send(new PutObjectCommand({ Bucket, Key: 'inbox/small', Body: 'small', Metadata: { a: 'b' } }));
  await client.send(new PutObjectCommand({ Bucket, Key: 'large', Body: large }));
  await client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/large` }));
  await new Upload({ client, params: { Bucket, Key: 'parts', Body: large }, partSize: 5 * 1024 * 1024 }).done();
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'copied-parts' }));
  const Parts = [];
  for (const [index, CopySourceRange] of ['bytes=0-6291455', `bytes=6291456-${large.length - 1}`].entries()) {
    const part = { Bucket, Key: 'copied-parts', UploadId, PartNumber: index + 1 };
    const copy = new UploadPartCopyCommand({ ...part, CopySource: `${Bucket}/parts`, CopySourceRange });
    Parts.push({ PartNumber: index + 1, ETag: (await client.send(copy)).CopyPartResult?.ETag });
  }
  const upload = { Bucket, Key: 'copied-parts', UploadId, MultipartUpload: { Parts } };
  await client.send(new CompleteMultipartUploadCommand(upload));
  client.destroy();
  await first.close();

  isDelivered = true;
  events.length = 0;
  const second = await startS3({ bucket: Bucket, storageDirectory, onObjectCreated });
  onTestFinished(second.close);
  second.announce();
  await expect.poll(() => events).toEqual(['inbox/small']);
  const again = s3ClientOf(second.url);
  onTestFinished(() => again.destroy());
  const get = async (Key: string, Range?: string) => {
    const { Body, Metadata, ETag } = await again.send(new GetObjectCommand({ Bucket, Key, Range }));
    return { bytes: Buffer.from((await Body?.transformToByteArray()) ?? []), Metadata, ETag };
  };
  expect(await get('inbox/small')).toMatchObject({ bytes: Buffer.from('small'), Metadata: { a: 'b' } });
  for (const key of ['large', 'copy', 'parts', 'copied-parts']) expect((await get(key)).bytes.equals(large)).toBe(true);
  expect((await get('copy')).ETag).toBe((await get('large')).ETag);
  const cut = await get('parts', 'bytes=5242870-5242889');
  expect(cut.bytes).toEqual(large.subarray(5_242_870, 5_242_890));
  const { Contents = [] } = await again.send(new ListObjectsV2Command({ Bucket }));
  expect(Contents.map(({ Key, Size }) => [Key, Size])).toEqual([
    ['copied-parts', large.length],
    ['copy', large.length],
    ['inbox/small', 5],
    ['large', large.length],
    ['parts', large.length],
  ]);
});

it('keeps secrets', async () => {
  const file = join(await newFolder(), 'state.db');
  const state = openState(file);
  const first = await startSecretsManager({ state });
  const client = new SecretsManagerClient({ endpoint: first.url, ...identity });
  await client.send(new CreateSecretCommand({ Name: 'one', SecretString: 'kept' }));
  client.destroy();
  await first.close();
  state.close();
  const reopened = openState(file);
  const second = await startSecretsManager({ state: reopened });
  const again = new SecretsManagerClient({ endpoint: second.url, ...identity });
  expect(await again.send(new GetSecretValueCommand({ SecretId: 'one' }))).toMatchObject({ SecretString: 'kept' });
  again.destroy();
  await second.close();
  reopened.close();
});

it('goes on with durable executions at their last finished step, and pauses them while the disk is full', async () => {
  const file = join(await newFolder(), 'state.db');
  const definition = functionOf('durable-function.ts', {
    name: 'durable',
    durable: { executionTimeoutSeconds: 600 },
  });
  const state = openState(file);
  const first = await startService([definition], { state });
  await first.lambda.start('durable:live', { course: 'wait' });
  await eventually(() => {
    if (state.read('suspended', z.unknown()).size === 0) throw new Error('It does not wait yet.');
  });
  await first.close();
  state.close();

  const reopened = openState(file);
  const finished: FinishedExecution[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const second = await startService([definition], {
    state: reopened,
    room: () => promise,
    onExecutionFinished: (execution) => finished.push(execution),
  });
  expect(second.lambda.resume()).toEqual({ executions: 1, invocations: 0 });
  await sleep(1_500);
  expect(finished).toEqual([]);
  resolve();
  await eventually(() => expect(finished).toHaveLength(1));
  expect(finished[0]?.outcome).toEqual({ status: 'SUCCEEDED', result: '"after"' });
  expect(finished[0]?.operations.map(({ Name }) => Name)).toEqual([undefined, 'before', 'pause', 'after']);
  await second.close();
  reopened.close();
});
