/** A thread that loads what serves the tables and what makes their writes atomic in either order; it posts what LevelDB wrote of an item. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ClassicLevel } from 'classic-level';

type Operation = { type: 'put'; key: string; value: unknown };

const batches: string[][] = [];
const batch: (this: ClassicLevel, operations: Operation[], options: object) => Promise<void> =
  ClassicLevel.prototype.batch;
Object.assign(ClassicLevel.prototype, {
  batch(this: ClassicLevel, operations: Operation[], options: object) {
    batches.push(operations.map(({ key }) => key.replace(/~.*/, '')));
    return batch.call(this, operations, options);
  },
});

const directory = mkdtempSync(join(tmpdir(), 'firefly-gateway-atomic-'));
const start = async () => (await import('#local/dynamodb.ts')).startDynamoDb({ path: directory });
const makeAtomic = async () => (await import('#local/dynamodb-storage.ts')).makeWritesAtomic(true);
let server: Awaited<ReturnType<typeof start>>;
if (workerData === 'atomic first') {
  await makeAtomic();
  server = await start();
} else {
  server = await start();
  await makeAtomic();
}
const { createJobTable } = await import('#local/create-tables.ts');
const client = new DynamoDBClient({
  endpoint: server.url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
});
await createJobTable(client, 'jobs');
batches.length = 0;
const item = { pk: { S: 'one' }, sk: { S: 'job' }, queueState: { S: 'queued' }, queueOrder: { S: '1' } };
await client.send(new PutItemCommand({ TableName: 'jobs', Item: item }));
const written = [...batches];
client.destroy();
await server.close();
rmSync(directory, { recursive: true });
parentPort?.postMessage(written);
