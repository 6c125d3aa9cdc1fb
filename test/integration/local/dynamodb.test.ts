import { once } from 'node:events';
import { connect } from 'node:net';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it, onTestFinished } from 'vitest';
import { createJobTable, createRotationTable } from '#local/create-tables.ts';
import { startDynamoDb } from '#local/dynamodb.ts';

const start = async () => {
  const server = await startDynamoDb();
  const client = new DynamoDBClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  onTestFinished(async () => {
    client.destroy();
    await server.close();
  });
  return { server, client, documents: DynamoDBDocumentClient.from(client) };
};

it('has the job table ready at once, with its keys and indexes', async () => {
  const { client, documents } = await start();
  await createJobTable(client, 'jobs');

  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'jobs' }));
  expect(Table?.TableStatus).toBe('ACTIVE');
  expect(Table?.GlobalSecondaryIndexes?.map((index) => [index.IndexName, index.IndexStatus]).toSorted()).toEqual([
    ['caller', 'ACTIVE'],
    ['changes', 'ACTIVE'],
    ['queue', 'ACTIVE'],
    ['states', 'ACTIVE'],
    ['unpublished', 'ACTIVE'],
  ]);

  for (const queueOrder of ['normal#2', 'high#1', 'normal#1']) {
    await documents.send(
      new PutCommand({
        TableName: 'jobs',
        Item: { pk: `job#${queueOrder}`, sk: 'job', queueState: 'queued', queueOrder },
      }),
    );
  }
  await documents.send(new PutCommand({ TableName: 'jobs', Item: { pk: 'job#done', sk: 'job' } }));
  const { Items } = await documents.send(
    new QueryCommand({
      TableName: 'jobs',
      IndexName: 'queue',
      KeyConditionExpression: 'queueState = :queued',
      ExpressionAttributeValues: { ':queued': 'queued' },
    }),
  );
  expect(Items?.map((item) => item['queueOrder'])).toEqual(['high#1', 'normal#1', 'normal#2']);
});

it('lets exactly one of many concurrent conditional writes win', async () => {
  const { client, documents } = await start();
  await createRotationTable(client, 'intents');
  await documents.send(new PutCommand({ TableName: 'intents', Item: { pk: 'lock', holder: 'nobody' } }));

  const claims = await Promise.allSettled(
    Array.from({ length: 20 }, (_, claimant) =>
      documents.send(
        new UpdateCommand({
          TableName: 'intents',
          Key: { pk: 'lock' },
          UpdateExpression: 'SET holder = :claimant',
          ConditionExpression: 'holder = :nobody',
          ExpressionAttributeValues: { ':claimant': claimant, ':nobody': 'nobody' },
        }),
      ),
    ),
  );

  expect(claims.filter((claim) => claim.status === 'fulfilled')).toHaveLength(1);
  for (const claim of claims) {
    if (claim.status === 'rejected') expect(claim.reason.name).toBe('ConditionalCheckFailedException');
  }
});

it('survives a client that goes away in the middle of a request', async () => {
  const { server, client, documents } = await start();
  await createRotationTable(client, 'intents');
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(socket, 'connect');
  await new Promise((resolve) => socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{', resolve));

  socket.resetAndDestroy();
  await once(socket, 'close');

  await expect(
    documents.send(new GetCommand({ TableName: 'intents', Key: { pk: 'none' } })),
  ).resolves.not.toHaveProperty('Item');
});

it('closes while a client holds a connection open', async () => {
  const server = await startDynamoDb();
  const client = new DynamoDBClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  await createRotationTable(client, 'intents');

  await server.close();
  await server.close();

  const again = await startDynamoDb({ port: Number(new URL(server.url).port) });
  expect(again.url).toBe(server.url);
  await again.close();
  client.destroy();
});
