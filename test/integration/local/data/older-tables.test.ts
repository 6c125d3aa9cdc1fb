import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { ClassicLevel } from 'classic-level';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createJobTable, describeTable } from '#local/create-tables.ts';
import { rebuildIndexes } from '#local/rebuild-indexes.ts';
import { startDynamoDbThread } from '#local/start-dynamodb.ts';
import { jobTable } from '#shared/deployment/tables.ts';

const identity = { region: 'us-east-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };
const tables = { jobs: jobTable };
const { queue } = jobTable.indexes;
const formerTable = {
  ...jobTable,
  indexes: {
    queue: { partitionKey: queue.partitionKey, sortKey: queue.sortKey },
    gone: { partitionKey: 'caller', sortKey: 'sk' },
  },
};

/** A folder that an older gateway wrote: one index holds less, one is not there any more, and others not yet. */
const createOlderFolder = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'firefly-gateway-tables-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  const server = await startDynamoDbThread({ path });
  const client = new DynamoDBClient({ endpoint: server.url, ...identity });
  await client.send(new CreateTableCommand(describeTable('jobs', formerTable)));
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.1 }, { TableName: 'jobs' });
  const documents = DynamoDBDocumentClient.from(client);
  for (let index = 0; index < 3; index += 1) {
    const job = {
      pk: `job#${index}`,
      sk: 'job',
      queueState: 'queued',
      queueOrder: `${index}`,
      createdAt: `at ${index}`,
    };
    const Item = { ...job, caller: 'one', state: index === 0 ? 'failed' : 'queued', createdOrder: `${9 - index}` };
    await documents.send(new PutCommand({ TableName: 'jobs', Item }));
  }
  await documents.send(new PutCommand({ TableName: 'jobs', Item: { pk: 'job#ended', sk: 'job', caller: 'two' } }));
  client.destroy();
  await server.close();
  return path;
};

const query = async (path: string, IndexName: 'queue' | 'caller' | 'states', value: string) => {
  const rebuilt: string[] = [];
  const server = await startDynamoDbThread({ path, tables, onRebuilt: (name) => rebuilt.push(name) });
  const client = new DynamoDBClient({ endpoint: server.url, ...identity });
  await createJobTable(client, 'jobs');
  const { Items = [] } = await DynamoDBDocumentClient.from(client).send(
    new QueryCommand({
      TableName: 'jobs',
      IndexName,
      KeyConditionExpression: '#key = :value',
      ExpressionAttributeNames: { '#key': jobTable.indexes[IndexName].partitionKey },
      ExpressionAttributeValues: { ':value': value },
    }),
  );
  client.destroy();
  await server.close();
  return { rebuilt, items: Items };
};

it('get the indexes that they have today, once', async () => {
  const path = await createOlderFolder();
  const first = await query(path, 'caller', 'one');
  expect(first.rebuilt).toEqual(['jobs']);
  expect(first.items.map(({ pk }) => pk)).toEqual(['job#2', 'job#1', 'job#0']);
  expect((await query(path, 'states', 'one#failed')).items.map(({ pk }) => pk)).toEqual(['job#0']);
  const second = await query(path, 'queue', 'queued');
  expect(second.rebuilt).toEqual([]);
  expect(second.items.map(({ pk, createdAt }) => [pk, createdAt])).toEqual([
    ['job#0', 'at 0'],
    ['job#1', 'at 1'],
    ['job#2', 'at 2'],
  ]);
});

it('are built again if a crash cut that off', async () => {
  const path = await createOlderFolder();
  const level = new ClassicLevel<string, unknown>(path, { valueEncoding: 'json' });
  await level.open();
  vi.spyOn(level, 'batch').mockImplementationOnce(() => {
    throw new Error('crash');
  });
  await expect(rebuildIndexes(level, [describeTable('jobs', jobTable)])).rejects.toThrow('crash');
  await level.close();
  expect((await query(path, 'caller', 'one')).items).toHaveLength(3);
});
