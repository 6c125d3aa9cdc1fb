import type * as z from 'zod';
import { getItems } from '../aws/batch-get.ts';
import { allOf, condition } from '../aws/expressions.ts';
import { createItemParser, type Item, parseEach } from '../aws/items.ts';
import { queryPages, type Table } from '../aws/table.ts';
import { isFinal, type JobState } from './job.ts';
import { createJobTest, type JobFilter, type JobTest } from './job-filter.ts';
import { afterAllJobs, statePart } from './job-store.ts';
import { readEntries } from './list-entries.ts';

/** One page of a caller's jobs. */
export interface JobPage<Listed> {
  jobs: Listed[];
  /** Where the next page starts: the place of the last job that was looked at; absent on the last page. */
  next?: string;
  /** When the last job was made that was looked at, ISO; absent if none was. */
  searchedTo?: string;
}

/** Which of a caller's jobs are listed, in the order in which they were made. */
export interface JobQuery extends JobFilter {
  caller: string;
  /** The places in the list between which to look: a time, ISO, stands before all jobs of that time. */
  from?: string;
  to?: string;
  oldestFirst?: boolean;
  /** The `next` of the page before. */
  after?: string;
  /** Jobs per page at most. */
  limit: number;
  /** What the answer has of an output that the record has not. */
  bytesPerOutput?: number;
}

/** How many entries of a caller's list are looked at for one page, those of other jobs than are wanted among them. */
export const maxEntriesPerPage = 5_000;

// As many are read at a time where some are picked out of the list.
const entriesAtOnce = 250;

// Lambda answers with up to 6 MB, and writing the body as a text makes it longer.
const maxPageBytes = 3 * 1024 * 1024;

/**
 * Says of one record after the other whether a page still has room for it; for the first it always has.
 *
 * @param bytesPerOutput what the answer has of an output that the record has not, such as a URL
 */
export const createPageRoom = (bytesPerOutput = 0): ((record: { outputs?: unknown }) => boolean) => {
  let bytes = 0;
  return (record) => {
    const isFirst = bytes === 0;
    const outputs = Array.isArray(record.outputs) ? record.outputs.length : 0;
    bytes += Buffer.byteLength(JSON.stringify(record)) + outputs * bytesPerOutput;
    return isFirst || bytes <= maxPageBytes;
  };
};

// In front of every year.
const beforeAllJobs = '!';

/**
 * Lists a caller's jobs; eventually consistent. What is read for a page is bounded, and so is its size: where what is
 * wanted is rare, or records are large, a page holds less than the limit, or nothing, and leads to the next all the same.
 *
 * @param schema what is read of each job
 */
export const listJobs = async <Schema extends z.ZodObject>(
  table: Table,
  { caller, from, to, oldestFirst = false, after, limit, states, bytesPerOutput, ...filter }: JobQuery,
  schema: Schema,
): Promise<JobPage<z.output<Schema>>> => {
  const first = oldestFirst && after !== undefined ? `${after}!` : (from ?? beforeAllJobs);
  // The last place of the page before is read once more, as DynamoDB has no condition that leaves out the end of a range.
  const last = !oldestFirst && after !== undefined ? after : (to ?? afterAllJobs);
  if (first > last) return { jobs: [] };
  const range = condition`#createdOrder BETWEEN ${first} AND ${last}`;
  const ofEntries = createJobTest(filter);
  const ofRecords = createJobTest({ ...filter, states });
  const partitions =
    states === undefined
      ? [[condition`#caller = ${caller}`]]
      : groupByLife(states).map((group) =>
          [...new Set(group.map((state) => statePart(caller, state)))].map((part) => condition`#callerState = ${part}`),
        );
  const reader = readEntries(
    table,
    partitions.map((group) => group.map((partition) => allOf(partition, range))),
    {
      index: states === undefined ? 'caller' : 'states',
      attributes: ['pk', 'sk', 'createdOrder', ...ofEntries.attributes],
      descending: !oldestFirst,
      pageSize: ofEntries.attributes.length === 0 ? limit + 2 : entriesAtOnce,
    },
  );
  const jobs: z.output<Schema>[] = [];
  const hasRoom = createPageRoom(bytesPerOutput);
  let next = after;
  const stop = (isLast: boolean): JobPage<z.output<Schema>> => ({
    jobs,
    next: isLast ? undefined : next,
    searchedTo: next?.split('#')[0],
  });
  for (;;) {
    const entries: Item[] = [];
    let seen = next;
    let isOver = false;
    while (entries.length < limit - jobs.length && reader.count() < maxEntriesPerPage && !isOver) {
      const entry = await reader.next();
      isOver = entry === undefined;
      if (entry === undefined || entry['createdOrder'] === after) continue;
      seen = String(entry['createdOrder']);
      if (ofEntries.isWanted(entry)) entries.push(entry);
    }
    const records = await readRecords(table, entries, ofRecords, schema);
    for (const entry of entries) {
      const record = records.get(entry['pk']);
      if (record !== undefined) {
        if (!hasRoom(record)) return stop(false);
        jobs.push(record);
      }
      next = String(entry['createdOrder']);
    }
    next = seen;
    if (isOver) return stop(true);
    if (jobs.length === limit) return stop(reader.isAtEnd());
    if (reader.count() >= maxEntriesPerPage) return stop(false);
  }
};

/** States in the order in which a job passes through them; it stays in the last ones. */
const groupByLife = (states: readonly JobState[]): JobState[][] =>
  [
    states.filter((state) => state === 'queued'),
    states.filter((state) => state !== 'queued' && !isFinal(state)),
    states.filter(isFinal),
  ].filter((group) => group.length > 0);

/** A job by its place in its caller's list. */
export interface ListedJob {
  jobId: string;
  createdAt: string;
  /** Its creation order. */
  order: string;
}

/**
 * All jobs of a caller, oldest first, expired ones included; eventually consistent.
 *
 * @param after the creation order behind which to begin
 */
export async function* jobsOfCaller(table: Table, caller: string, after = ''): AsyncGenerator<ListedJob> {
  const where = condition`#caller = ${caller} AND #createdOrder BETWEEN ${`${after}!`} AND ${afterAllJobs}`;
  for await (const { Items = [] } of queryPages(table, { index: 'caller', where })) {
    for (const item of Items) {
      const order = String(item['createdOrder']);
      const [createdAt = '', jobId = ''] = order.split('#');
      yield { jobId, createdAt, order };
    }
  }
}

/**
 * Reads the records of entries of an index, which may lag behind: those that are not wanted any more are left out.
 *
 * @returns by partition key
 */
export const readRecords = async <Schema extends z.ZodObject>(
  table: Table,
  entries: readonly Item[],
  test: JobTest,
  schema: Schema,
): Promise<Map<unknown, z.output<Schema>>> => {
  const keys = entries.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
  const attributes = [...new Set([...test.attributes, ...Object.keys(schema.shape)])];
  const items = await getItems(table, keys, attributes, { consistent: false });
  const parse = createItemParser(() => schema);
  return new Map(parseEach(table, items.filter(test.isWanted), (item) => [item['pk'], parse(item)] as const).parsed);
};
