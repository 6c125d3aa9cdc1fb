import { Readable, Transform } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import { stringify } from 'csv-stringify/sync';
import type { Batch } from '#shared/batches/batch.ts';
import { type ReportFormat, reportKey } from '#shared/deployment/bucket.ts';
import { formatLabels } from '#shared/requests/labels.ts';
import type { InboxContext } from '../context.ts';
import type { ReportRow } from './rows.ts';

// One part of each file is held in memory at a time; S3 takes none smaller than 5 MiB.
const partBytes = 5 * 1024 * 1024;

const contentTypes: Record<ReportFormat, string> = { jsonl: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' };

/**
 * Writes both forms of a batch's report in one pass over its rows. If the rows end in an error neither is written, and what
 * was there stays; written again they are replaced.
 *
 * @throws what the rows threw
 */
export const writeReport = async (
  inbox: InboxContext,
  { batchId, columns }: Pick<Batch, 'batchId' | 'columns'>,
  rows: AsyncIterable<ReportRow>,
): Promise<void> => {
  const source = Readable.from(rows);
  const jsonl = jsonLines();
  const csv = csvTable(columns ?? []);
  const destinations = [jsonl, csv];
  source.once('error', (error) => {
    for (const destination of destinations) destination.destroy(error);
  });
  const store = async (format: ReportFormat, body: Transform) => {
    try {
      await upload(inbox, reportKey(batchId, format), contentTypes[format], body);
    } catch (error) {
      source.destroy(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  };
  // The slower of the two sets the pace.
  for (const destination of destinations) source.pipe(destination);
  const stored = await Promise.allSettled([store('jsonl', jsonl), store('csv', csv)]);
  if (source.errored) throw source.errored;
  for (const outcome of stored) if (outcome.status === 'rejected') throw outcome.reason;
};

const upload = async (
  { s3, bucket }: InboxContext,
  key: string,
  contentType: string,
  body: Readable,
): Promise<void> => {
  const params = { Bucket: bucket, Key: key, Body: body, ContentType: contentType };
  await new Upload({ client: s3, params, partSize: partBytes, queueSize: 1 }).done();
};

const jsonLines = (): Transform =>
  new Transform({
    writableObjectMode: true,
    transform: (row, _encoding, done) => done(null, `${JSON.stringify(row)}\n`),
  });

const reportColumns = [
  'line',
  'id',
  'jobId',
  'state',
  'outputs',
  'links',
  'seed',
  'error',
  'row',
  'warnings',
  'requested',
  'received',
  'errors',
  'cost',
  'labels',
  'provenance',
  'generator',
  'signer',
] as const satisfies (keyof ReportRow | 'generator' | 'signer')[];

/**
 * RFC 4180, with a byte order mark for spreadsheets; a cell that they would take for a formula begins with an apostrophe. The
 * caller's own columns come last.
 */
const csvTable = (ownColumns: readonly string[]): Transform => {
  const toCells = (row: ReportRow): unknown[] => [
    ...reportColumns.map((name) => formatCell(row, name)),
    ...ownColumns.map((name) => row.columns?.[name]),
  ];
  const headers = ownColumns.map((name) => (isReportColumn(name) ? `columns.${name}` : name));
  return new Transform({
    writableObjectMode: true,
    construct(done) {
      this.push(`\ufeff${writeRow([...reportColumns, ...headers])}`);
      done();
    },
    transform: (row: ReportRow, _encoding, done) => done(null, writeRow(toCells(row))),
  });
};

const isReportColumn = (name: string): boolean => reportColumns.some((column) => column === name);

const writeRow = (cells: unknown[]): string =>
  stringify([cells], {
    escape_formulas: true,
    record_delimiter: 'windows',
    // The library quotes the line breaks of its own rows only.
    quoted_match: /[\r\n]/,
  });

/** Keys and addresses have no spaces and seeds are numbers, so these are listed with spaces in between. */
const formatCell = (row: ReportRow, name: (typeof reportColumns)[number]): unknown => {
  if (name === 'error') return row.error && `${row.error.code}: ${row.error.message}`;
  if (name === 'errors') return row.errors?.map(({ code, message }) => `${code}: ${message}`).join('; ');
  if (name === 'labels') return row.labels && formatLabels(row.labels);
  if (name === 'seed') return row.seed.map((seed) => seed ?? '-').join(' ');
  if (name === 'provenance') return row.provenance?.map((each) => each?.state ?? '-').join(' ');
  if (name === 'generator' || name === 'signer') return listNames(row, name);
  const value = row[name];
  return Array.isArray(value) ? value.join(' ') : value;
};

/** Who made and who signed the outputs of a row, each once. */
const listNames = ({ provenance = [] }: ReportRow, name: 'generator' | 'signer'): string =>
  [...new Set(provenance.flatMap((each) => each?.[name] ?? []))].join('; ');
