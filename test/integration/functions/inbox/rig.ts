import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { v4 as uuid } from 'uuid';
import { scheduleBatches } from '#functions/dispatch/schedule-batches.ts';
import type { InboxContext } from '#functions/inbox/context.ts';
import { processBatch } from '#functions/inbox/process-batch.ts';
import { registerFile } from '#functions/inbox/register-file.ts';
import type { BatchEnd } from '#functions/inbox/report/report-batch.ts';
import { createWebhookTable } from '#local/create-tables.ts';
import type { DynamoDb } from '#shared/aws/dynamodb/client.ts';
import { reportUnreadable } from '#shared/aws/items.ts';
import type { Batch } from '#shared/batches/batch.ts';
import type { BatchRun } from '#shared/batches/batch-progress.ts';
import { getBatch, jobIdOfLine } from '#shared/batches/batch-store.ts';
import type { Job } from '#shared/jobs/job.ts';
import type { StoredRequest } from '#shared/jobs/request-store.ts';
import { endJob, type JobEnd } from '#shared/jobs/transitions.ts';
import { publishEnded } from '#shared/outbox/publish-ended.ts';
import { runInTestRunner } from '#test/fixtures/durable-runner.ts';
import { readJob, startTestDynamoDb, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import { createManualClock, type ManualClock } from '#test/fixtures/manual-clock.ts';
import { type Observed, observe } from '#test/fixtures/observed.ts';
import { createLane, onlyLane } from '#test/fixtures/queue.ts';
import { openTestBucket } from '#test/fixtures/test-bucket.ts';

/** Servers that the tests of one file share. */
export interface Servers {
  rig(settings?: Partial<InboxContext>): Promise<Rig>;
  /** The same table through a client of its own. */
  reconnect: TestDynamoDb['reconnect'];
  close(): Promise<void>;
}

/** What the report says of one line. */
export interface ReportLine {
  line?: number;
  row?: number;
  id?: string;
  jobId?: string;
  state: string;
  outputs: string[];
  seed: (number | null)[];
  provenance?: unknown;
  error?: { code: string; message: string };
  warnings?: string[];
}

/** The inbox function and what dispatch does for it, over a table and a bucket. */
export interface Rig extends Observed {
  context: InboxContext;
  clock: ManualClock;
  /** The client of the rig's table, to which a test may do what it likes. */
  dynamoDb: DynamoDb;
  /** Every event that was published, with its type. */
  events: { type: string; detail: Record<string, unknown> }[];
  dispatches: number;
  /** Drops a file for a team and returns the id of its batch. */
  drop(name: string, content: string | Buffer, team?: string, metadata?: Record<string, string>): Promise<string>;
  /** Does what dispatch does for batches, and runs the executions that it starts until each ends. */
  dispatch(): Promise<BatchEnd[]>;
  /** Runs one execution. */
  follow(run: BatchRun): Promise<BatchEnd>;
  batch(batchId: string): Promise<Batch>;
  job(batchId: string, line: number): Promise<Job & StoredRequest>;
  /** Ends the job of a line as `generate` would. */
  end(batchId: string, line: number, end?: JobEnd): Promise<void>;
  report(batchId: string): Promise<ReportLine[]>;
  csv(batchId: string): Promise<string>;
  object(key: string): Promise<string>;
}

const bucket = 'gateway';

const webhookTableOf = (tableName: string): string => `${tableName}-webhooks`;

export const startServers = async (): Promise<Servers> => {
  const [dynamoDb, testBucket] = await Promise.all([startTestDynamoDb(), openTestBucket(bucket)]);
  const s3 = testBucket.connect();
  return {
    rig: async (settings = {}) => {
      const clock = createManualClock();
      const { own, client } = dynamoDb.reconnect(await dynamoDb.table(clock));
      await createWebhookTable(dynamoDb.admin, webhookTableOf(own.tableName));
      return createRig({ s3, table: own, dynamoDb: client, clock }, settings);
    },
    reconnect: (table) => dynamoDb.reconnect(table),
    close: async () => {
      await Promise.all([dynamoDb.close(), testBucket.close()]);
    },
  };
};

const createRig = (
  { s3, table: bareTable, dynamoDb, clock }: Pick<InboxContext, 's3' | 'table'> & Pick<Rig, 'dynamoDb' | 'clock'>,
  settings: Partial<InboxContext>,
): Rig => {
  const observed = observe();
  const table = { ...bareTable, onUnreadable: reportUnreadable(observed) };
  const events: Rig['events'] = [];
  const send = async ({ input }: { input: { Entries: { DetailType: string; Detail: string }[] } }) => {
    for (const { DetailType, Detail } of input.Entries) events.push({ type: DetailType, detail: JSON.parse(Detail) });
    return { FailedEntryCount: 0 };
  };
  const bus = {
    eventBridge: { send } as never,
    eventBusName: 'bus',
    stackName: 'firefly-gateway-test',
    gatewayUrl: 'https://gateway.test',
  };
  const context: InboxContext = {
    table,
    webhookTable: { ...table, tableName: webhookTableOf(table.tableName) },
    lanes: onlyLane(createLane(table)),
    bus,
    s3,
    bucket,
    readPolicy: async () => ({}),
    readDeniedWords: async () => () => false,
    operations: {},
    operationRates: {},
    maxBytes: 1_000_000,
    maxLines: 1_000,
    retentionSeconds: 86_400,
    triggerDispatch: async () => {
      rig.dispatches += 1;
    },
    log: observed.log,
    recordMetric: observed.recordMetric,
    ...settings,
  };
  const rig: Rig = {
    ...observed,
    context,
    clock,
    dynamoDb,
    events,
    dispatches: 0,
    drop: async (name, content, team = 'team-a', Metadata = {}) => {
      // A folder of its own for each, as the server is shared and a batch's id follows from the key.
      const key = `inbox/${team === '' ? '' : `${team}/`}${team === '' ? uuid() : `${uuid()}/`}${name}`;
      const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content, Metadata }));
      const etag = ETag.replaceAll('"', '');
      return (await registerFile(context, { kind: 'file', source: { bucket, key, etag }, bytes: 1 })) ?? '';
    },
    dispatch: async () => {
      const started: BatchRun[] = [];
      await scheduleBatches({
        table,
        log: observed.log,
        recordMetric: observed.recordMetric,
        startRun: async (run) => {
          started.push(run);
        },
      });
      const ends: BatchEnd[] = [];
      for (const run of started) ends.push(await rig.follow(run));
      return ends;
    },
    follow: async (run) => {
      const { end } = await runInTestRunner<BatchRun, BatchEnd>(run, (durable, event) =>
        processBatch(durable, event, context),
      );
      return end;
    },
    batch: async (batchId) => {
      const batch = await getBatch(table, batchId);
      if (batch === undefined) throw new Error(`There is no batch ${batchId}.`);
      return batch;
    },
    job: (batchId, line) => readJob(table, { jobId: jobIdOfLine(batchId, line) }),
    end: async (batchId, line, end = succeeded(line)) => {
      const job = await rig.job(batchId, line);
      const ended = await endJob(table, job, [job.state], end);
      if (ended !== undefined) await publishEnded(context, ended);
    },
    report: async (batchId) =>
      (await rig.object(`batches/${batchId}/report.jsonl`))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as ReportLine),
    csv: (batchId) => rig.object(`batches/${batchId}/report.csv`),
    object: async (key) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await Body?.transformToString()) ?? '';
    },
  };
  return rig;
};

/** An end with one output. */
const succeeded = (line: number): JobEnd => ({
  to: 'succeeded',
  outputs: [{ bucket, key: `outputs/${line}.jpg`, sha256: 'ab', bytes: 3, contentType: 'image/jpeg', seed: 7 }],
});

/** A line of a JSONL file. */
export const jsonLine = (prompt: string, more: Record<string, unknown> = {}): string =>
  JSON.stringify({ operation: 'images/generate', body: { prompt }, ...more });
