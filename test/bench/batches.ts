import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { v4 as uuid } from 'uuid';
import { createJobTable } from '#local/create-tables.ts';
import { startS3 } from '#local/s3/start-s3.ts';
import { startDynamoDbThread } from '#local/start-dynamodb.ts';
import { connectDynamoDb } from '#shared/aws/dynamodb/client.ts';
import type { Item } from '#shared/aws/items.ts';
import { getItem, type Table } from '#shared/aws/table.ts';
import type { Batch, BatchSource } from '#shared/batches/batch.ts';
import { createBatch, getBatch, jobIdOfLine } from '#shared/batches/batch-store.ts';
import { claimRun, dueBatches } from '#shared/batches/open-batches.ts';
import { systemClock } from '#shared/clock.ts';
import { jobKey } from '#shared/deployment/tables.ts';
import { allItems, putItems } from '#test/fixtures/job-table.ts';
import type { BareTask } from './bare-puts.ts';
import type { BatchTask } from './batch-child.ts';
import { measurePart, type PartFigures } from './batch-part.ts';
import type { Row, Section } from './table.ts';

/** A file of small requests made into jobs, beside as many items put straight into another table of the same database. */
interface QueueFigures extends PartFigures {
  /** One by one, each if its key is free. */
  barePuts: PartFigures;
  /** 25 at a time, whatever is there. */
  bareBatches: PartFigures;
}

const mb = 1024 * 1024;
const bucket = 'gateway';
const largestFile = { lines: 100_000, lineBytes: 10_000 };

/** Local servers in this process, and what children need to work with them. */
interface Servers {
  openTable(tableName: string): Promise<Table>;
  place(table: Table): { s3Url: string; bucket: string; dynamoDbUrl: string; tableName: string };
  store(name: string, content: Iterable<string>): Promise<BatchSource>;
}

const withServers = async <Result>(use: (servers: Servers) => Promise<Result>): Promise<Result> => {
  const [s3Server, dynamoDb] = await Promise.all([startS3({ bucket }), startDynamoDbThread({ isTemporary: true })]);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const s3 = new S3Client({ endpoint: s3Server.url, region: 'us-east-1', credentials, forcePathStyle: true });
  const client = new DynamoDBClient({ endpoint: dynamoDb.url, region: 'us-east-1', credentials });
  const tables = connectDynamoDb({ endpoint: dynamoDb.url, region: 'us-east-1', credentials });
  try {
    return await use({
      openTable: async (tableName) => {
        await createJobTable(client, tableName);
        return { dynamoDb: tables, tableName, clock: systemClock };
      },
      place: ({ tableName }) => ({ s3Url: s3Server.url, bucket, dynamoDbUrl: dynamoDb.url, tableName }),
      store: async (name, content) => {
        const Key = `inbox/team/${name}`;
        const params = { Bucket: bucket, Key, Body: Readable.from(content, { objectMode: false }) };
        await new Upload({ client: s3, params, partSize: 8 * mb, queueSize: 1 }).done();
        return { bucket, key: Key };
      },
    });
  } finally {
    s3.destroy();
    client.destroy();
    tables.destroy();
    await Promise.all([s3Server.close(), dynamoDb.close()]);
  }
};

/** Makes jobs of a file of so many lines, reports on them, and puts as many items straight into tables of the same database. */
const measureBatch = (lines: number) =>
  withServers(
    async ({ openTable, place, store }): Promise<{ queue: QueueFigures; report: PartFigures | undefined }> => {
      const table = await openTable('jobs');
      const follow = async (): Promise<BatchTask> => ({ ...place(table), kind: 'follow', run: await claim(table) });
      const batchId = uuid();
      const source = await store('small.jsonl', smallLines(lines));
      const batch = { batchId, caller: 'team', source, priority: 'low', retentionSeconds: 86_400 } as const;
      await createBatch(table, batch, systemClock.now());
      const made = await measurePart(await follow(), lines);
      const record = await readRecord(table, jobIdOfLine(batchId, 1));
      const bare = async (by: BareTask['by']) =>
        measurePart({ ...place(await openTable(`bare-${by}`)), kind: 'bare', by, items: lines, record }, lines);
      const queue = { ...made, barePuts: await bare('put'), bareBatches: await bare('batch') };
      // Ending the jobs of a larger one by themselves takes longer than all the rest.
      if (lines > maxReportedLines) return { queue, report: undefined };
      await endAll(table, await getBatch(table, batchId));
      const report = await measurePart(await follow(), lines);
      const ended = await getBatch(table, batchId);
      if (ended?.state !== 'finished' || ended.jobs !== lines) throw new Error('The batch has not ended.');
      return { queue, report };
    },
  );

/** Prepares and reads through a file of the largest size that is taken. */
const measureLargestFile = (): Promise<PartFigures> =>
  withServers(async ({ openTable, place, store }) => {
    const source = await store('large.jsonl', largeLines());
    const table = place(await openTable('jobs'));
    return measurePart({ ...table, kind: 'read', batchId: uuid(), source }, largestFile.lines);
  });

const maxReportedLines = 10_000;

const readRecord = async (table: Table, jobId: string): Promise<Item> => {
  const record = await getItem(table, jobKey(jobId));
  if (record === undefined) throw new Error('The first line is no job.');
  return record;
};

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
  const counts = { succeeded: jobs.length, partially_succeeded: 0, failed: 0, cancelled: 0, timed_out: 0 };
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

/** Files made into jobs, and reports. */
export const batchSections: Section[] = [
  {
    name: 'batches',
    title: '1,000 and 10,000 lines to jobs, beside bare puts, and to a report (BATCH_LINES names other numbers)',
    measure: async () => {
      const counts = (process.env['BATCH_LINES'] ?? '1000,10000').split(',').map(Number);
      const figures = [];
      for (const lines of counts) figures.push(await measureBatch(lines));
      const rows = figures.flatMap(({ queue, report }) => [...listQueue(queue), ...listReport(report)]);
      const cpu = figures.map(({ queue }) => queue.cpuMsPerLine);
      const growth = (cpu.at(-1) ?? 0) / (cpu.at(0) ?? 1);
      rows.push({ figure: 'CPU of each: most divided by fewest', value: growth, unit: '', below: 1.1 });
      return { figures, rows };
    },
  },
  {
    name: 'batch-file',
    title: 'reading a file of 1 GB (a minute)',
    measure: async () => {
      const figures = await measureLargestFile();
      return {
        figures,
        rows: [
          { figure: 'reading 1 GB, 100,000 lines', value: figures.seconds, unit: 's' },
          { figure: 'reading 1 GB: memory above idle', value: figures.aboveIdleMb, unit: 'MB', below: 150 },
        ],
      };
    },
  },
];

const listQueue = (queue: QueueFigures): Row[] => {
  const { lines, barePuts, bareBatches } = queue;
  const ratio = (bare: PartFigures) => queue.cpuMsPerLine / bare.cpuMsPerLine;
  return [
    { figure: `${lines} lines to jobs`, value: queue.linesPerSecond, unit: 'a s' },
    { figure: `${lines} lines to jobs: above idle`, value: queue.aboveIdleMb, unit: 'MB', below: 150 },
    { figure: 'DynamoDB calls for each', value: queue.dynamoDbCallsPerLine, unit: '', below: 1.1 },
    { figure: 'CPU of each', value: queue.cpuMsPerLine, unit: 'ms' },
    { figure: `${lines} bare puts`, value: barePuts.linesPerSecond, unit: 'a s' },
    { figure: 'CPU: divided by bare puts', value: ratio(barePuts), unit: '', below: 1.3 },
    { figure: `${lines} items by BatchWriteItem`, value: bareBatches.linesPerSecond, unit: 'a s' },
    { figure: 'CPU: divided by BatchWriteItem', value: ratio(bareBatches), unit: '' },
  ];
};

const listReport = (report: PartFigures | undefined): Row[] =>
  report === undefined
    ? []
    : [
        { figure: `${report.lines} lines to a report`, value: report.linesPerSecond, unit: 'a s' },
        { figure: `${report.lines} lines to a report: above idle`, value: report.aboveIdleMb, unit: 'MB', below: 150 },
        { figure: 'DynamoDB calls for each', value: report.dynamoDbCallsPerLine, unit: '' },
      ];
