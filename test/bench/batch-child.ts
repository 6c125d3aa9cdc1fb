import { S3Client } from '@aws-sdk/client-s3';
import type { InboxContext } from '#functions/inbox/context.ts';
import { processBatch } from '#functions/inbox/process-batch.ts';
import { readSource } from '#functions/inbox/read/formats/source.ts';
import { firstLine, readChunk, storeLines } from '#functions/inbox/read/lines-file.ts';
import { connectDynamoDb } from '#shared/aws/dynamodb/client.ts';
import type { BatchSource } from '#shared/batches/batch.ts';
import type { BatchRun } from '#shared/batches/batch-progress.ts';
import { systemClock } from '#shared/clock.ts';
import { createJournal } from '#test/fixtures/journal.ts';
import { observe } from '#test/fixtures/observed.ts';
import { createLane, onlyLane } from '#test/fixtures/queue.ts';
import { type BareTask, putBareItems } from './bare-puts.ts';

/**
 * What a process of its own has to do with a batch: all that is due, or only to read its file; or in place of one, to put as many items
 * straight into a table.
 */
export type BatchTask = {
  s3Url: string;
  bucket: string;
  dynamoDbUrl: string;
  tableName: string;
} & ({ kind: 'follow'; run: BatchRun } | { kind: 'read'; batchId: string; source: BatchSource } | BareTask);

/** How it went; memory is that of the process, its code loaded, before and at its most. */
export interface BatchTaskResult {
  seconds: number;
  lines: number;
  idleRssBytes: number;
  peakRssBytes: number;
  dynamoDbCalls: number;
  cpuSeconds: number;
}

let dynamoDbCalls = 0;

const createContext = ({ s3Url, bucket, dynamoDbUrl, tableName }: BatchTask): InboxContext => {
  const account = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const dynamoDb = connectDynamoDb({ ...account, endpoint: dynamoDbUrl });
  dynamoDb.middlewareStack.add(
    (next) => (args) => {
      dynamoDbCalls += 1;
      return next(args);
    },
    { step: 'initialize' },
  );
  const table = { dynamoDb, tableName, clock: systemClock };
  return {
    table,
    webhookTable: table,
    recordMetric: () => {},
    lanes: onlyLane(createLane(table)),
    bus: {
      eventBridge: { send: async () => ({ FailedEntryCount: 0 }) } as never,
      eventBusName: 'none',
      stackName: 'firefly-gateway-test',
      gatewayUrl: 'https://gateway.test',
    },
    s3: new S3Client({
      ...account,
      endpoint: s3Url,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
    }),
    bucket,
    readPolicy: async () => ({}),
    readDeniedWords: async () => () => false,
    operations: {},
    operationRates: {},
    maxBytes: 1_100_000_000,
    maxLines: 100_000,
    retentionSeconds: 86_400,
    triggerDispatch: async () => {},
    log: observe().log,
  };
};

const readAll = async (context: InboxContext, batchId: string, source: BatchSource): Promise<number> => {
  const lines = await storeLines(context, batchId, readSource(context, source, { columns: [], warnings: new Set() }));
  for (let at = firstLine; at.line <= lines; ) at = (await readChunk(context, batchId, at)).next;
  return lines;
};

process.once('message', async (task: BatchTask) => {
  const context = createContext(task);
  const idleRssBytes = process.memoryUsage.rss();
  let peakRssBytes = idleRssBytes;
  const watch = setInterval(() => {
    peakRssBytes = Math.max(peakRssBytes, process.memoryUsage.rss());
  }, 5);
  const begin = performance.now();
  const cpuBegin = process.cpuUsage();
  let lines = 0;
  if (task.kind === 'read') lines = await readAll(context, task.batchId, task.source);
  else if (task.kind === 'bare') await putBareItems(context.table, task);
  else await processBatch(createJournal(), task.run, context);
  clearInterval(watch);
  const { user, system } = process.cpuUsage(cpuBegin);
  const seconds = (performance.now() - begin) / 1000;
  const cpuSeconds = (user + system) / 1e6;
  const result: BatchTaskResult = { seconds, lines, idleRssBytes, peakRssBytes, dynamoDbCalls, cpuSeconds };
  process.send?.(result, () => process.exit(0));
});
