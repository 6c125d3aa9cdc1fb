import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Upload } from '@aws-sdk/lib-storage';
import { v4 as uuid } from 'uuid';
import { createJobTable } from '#local/create-tables.ts';
import { startDynamoDb } from '#local/dynamodb.ts';
import { startS3 } from '#local/s3/start-s3.ts';
import type { Table } from '#shared/aws/table.ts';
import type { Batch, BatchSource } from '#shared/batches/batch.ts';
import { createBatch, getBatch } from '#shared/batches/batch-store.ts';
import { claimRun, dueBatches } from '#shared/batches/open-batches.ts';
import { systemClock } from '#shared/clock.ts';
import { allItems, putItems } from '#test/fixtures/job-table.ts';
import type { BatchTask, BatchTaskResult } from './batch-child.ts';

/** One part of a batch's life in a process of its own. */
interface PartFigures {
  lines: number;
  seconds: number;
  linesPerSecond: number;
  /** In MB of 1024 x 1024 bytes. */
  aboveIdleMb: number;
  dynamoDbCallsPerLine: number;
}

/** How fast batches are, and how much memory they take. */
export interface BatchFigures {
  /** A file of small requests made into jobs. */
  queue: PartFigures;
  /** The report on them. */
  report: PartFigures;
  /** A file of the largest size that is taken, prepared and read through. */
  read: PartFigures & { bytes: number };
}

const mb = 1024 * 1024;
const bucket = 'gateway';
// As Node sizes its heap where the memory is the function's 1,024 MB, and not that of this machine.
const heapOfFunction = ['--max-old-space-size=512', '--max-semi-space-size=8'];
const largestFile = { lines: 100_000, lineBytes: 10_000 };

/** Makes jobs of many lines, reports on them, and reads a file of 1 GB, over local servers in other processes. */
export const measureBatches = async (lines: number): Promise<BatchFigures> => {
  const [s3Server, dynamoDb] = await Promise.all([startS3({ bucket }), startDynamoDb()]);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const s3 = new S3Client({ endpoint: s3Server.url, region: 'us-east-1', credentials, forcePathStyle: true });
  const client = new DynamoDBClient({ endpoint: dynamoDb.url, region: 'us-east-1', credentials });
  const tableName = 'jobs';
  await createJobTable(client, tableName);
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const table = { dynamoDb: documents, tableName, clock: systemClock };
  const place = { s3Url: s3Server.url, bucket, dynamoDbUrl: dynamoDb.url, tableName };
  const store = async (name: string, content: Iterable<string>): Promise<BatchSource> => {
    const Key = `inbox/team/${name}`;
    const params = { Bucket: bucket, Key, Body: Readable.from(content, { objectMode: false }) };
    await new Upload({ client: s3, params, partSize: 8 * mb, queueSize: 1 }).done();
    return { bucket, key: Key };
  };
  try {
    const batchId = uuid();
    const source = await store('small.jsonl', smallLines(lines));
    await createBatch(
      table,
      { batchId, caller: 'team', source, priority: 'low', retentionSeconds: 86_400 },
      systemClock.now(),
    );
    const run = async (): Promise<BatchTask> => ({ ...place, kind: 'follow', run: await claim(table) });
    const queue = figuresOf(await inChild(await run()), lines);
    await endAll(table, await getBatch(table, batchId));
    const report = figuresOf(await inChild(await run()), lines);
    const ended = await getBatch(table, batchId);
    if (ended?.state !== 'finished' || ended.jobs !== lines) throw new Error('The batch has not ended.');

    const large = await store('large.jsonl', largeLines());
    const read = await inChild({ ...place, kind: 'read', batchId: uuid(), source: large });
    const bytes = largestFile.lines * largestFile.lineBytes;
    return { queue, report, read: { ...figuresOf(read, read.lines), bytes } };
  } finally {
    s3.destroy();
    client.destroy();
    await Promise.all([s3Server.close(), dynamoDb.close()]);
  }
};

const inChild = async (task: BatchTask): Promise<BatchTaskResult> => {
  const child = fork(fileURLToPath(new URL('./batch-child.ts', import.meta.url)), [], {
    execArgv: heapOfFunction,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.send(task);
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`The process of the batch ended with ${String(code)}.`);
  });
  failed.catch(() => undefined);
  const [result] = await Promise.race([once(child, 'message'), failed]);
  return result as BatchTaskResult;
};

const figuresOf = (
  { seconds, idleRssBytes, peakRssBytes, dynamoDbCalls }: BatchTaskResult,
  lines: number,
): PartFigures => ({
  lines,
  seconds,
  linesPerSecond: lines / seconds,
  aboveIdleMb: (peakRssBytes - idleRssBytes) / mb,
  dynamoDbCallsPerLine: dynamoDbCalls / lines,
});

const claim = async (table: Table) => {
  for await (const [due] of dueBatches(table, 1)) {
    const batch = due && (await claimRun(table, due));
    if (batch !== undefined) return { batchId: batch.batchId, run: batch.run };
  }
  throw new Error('No batch is due.');
};

/** Ends all jobs at once, as if generate had done it one by one. */
const endAll = async (table: Table, batch: Batch | undefined): Promise<void> => {
  if (batch === undefined) throw new Error('There is no batch.');
  const now = new Date(systemClock.now()).toISOString();
  const items = await allItems(table);
  const jobs = items.filter(({ sk }) => sk === 'job');
  await putItems(
    table,
    jobs.map(({ queueState: _state, queueOrder: _order, ...job }) => ({
      ...job,
      state: 'succeeded',
      finishedAt: now,
      countedAt: now,
      outputs: [{ bucket, key: `outputs/${job['jobId']}/0.jpg`, sha256: 'ab', bytes: 3, contentType: 'image/jpeg' }],
    })),
  );
  const [item] = items.filter(({ sk }) => sk === 'batch');
  const counts = { succeeded: jobs.length, failed: 0, cancelled: 0, timed_out: 0 };
  await putItems(table, [{ ...item, state: 'reporting', counts, queueOrder: now }]);
};

function* smallLines(lines: number): Generator<string> {
  for (let line = 1; line <= lines; line += 1) {
    yield `${JSON.stringify({ id: `line-${line}`, body: { prompt: `A field of tulips, picture ${line}` } })}\n`;
  }
}

function* largeLines(): Generator<string> {
  const line = JSON.stringify({ body: { prompt: 'tulips', notes: '' } });
  const full = line.replace('"notes":""', `"notes":"${'x'.repeat(largestFile.lineBytes - line.length - 1)}"`);
  for (let index = 0; index < largestFile.lines; index += 1) yield `${full}\n`;
}
