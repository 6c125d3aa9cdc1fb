import type * as z from 'zod';
import { getItems } from '../aws/batch-get.ts';
import { condition } from '../aws/expressions.ts';
import { createItemParser, type Item, parseEach } from '../aws/items.ts';
import { queryPages, type Table } from '../aws/table.ts';
import type { Job, JobState } from './job.ts';
import { afterAllJobs } from './job-store.ts';

/** One page of a caller's jobs, newest first. */
export interface JobPage<Listed> {
  jobs: Listed[];
  /** Where the next page starts: a job's creation order; absent on the last page. */
  next?: string;
}

/** Which of a caller's jobs are listed. */
export interface JobQuery {
  caller: string;
  /** All of them if undefined. */
  states?: readonly JobState[];
  /** Of this operation; all of them if undefined. */
  operation?: string;
  /** With this label; all of them if undefined. */
  label?: { name: string; value: string };
  /** The `next` of the page before. */
  before?: string;
  /** Jobs per page at most. */
  limit: number;
}

/** How many entries of a caller's list are looked at for one page, those of other jobs than are wanted among them. */
export const maxEntriesPerPage = 5_000;

// As many are read at a time where some are picked out of the list.
const entriesAtOnce = 250;

// Lambda answers with up to 6 MB.
const maxPageBytes = 3 * 1024 * 1024;

/**
 * Lists a caller's jobs, newest first; eventually consistent. What is read for a page is bounded, and so is its size: where what is
 * wanted is rare, or records are large, a page holds less than the limit, or nothing, and leads to the next all the same.
 *
 * @param schema what is read of each job
 */
export const listJobs = async <Schema extends z.ZodObject>(
  table: Table,
  { caller, states, operation, label, before, limit }: JobQuery,
  schema: Schema,
): Promise<JobPage<z.output<Schema>>> => {
  const pages = queryPages(table, {
    index: 'caller',
    where: condition`#caller = ${caller} AND #createdOrder < ${before ?? afterAllJobs}`,
    filter: states && condition`#state IN (${states})`,
    descending: true,
    pageSize: [states, operation, label].every((each) => each === undefined) ? limit + 1 : entriesAtOnce,
  });
  const jobs: z.output<Schema>[] = [];
  let next = before;
  let bytes = 0;
  let read = 0;
  for await (const { Items: all = [], ScannedCount = 0, LastEvaluatedKey } of pages) {
    // Names of labels have characters that an expression cannot have; what is read is paid for in either case.
    const items = label === undefined ? all : all.filter(({ labels }) => labels?.[label.name] === label.value);
    for (let start = 0; start < items.length; ) {
      const entries = items.slice(start, start + limit - jobs.length);
      start += entries.length;
      const records = await readRecords(table, entries, schema);
      for (const entry of entries) {
        const record = records.get(entry['pk']);
        // The index may lag behind.
        if (record !== undefined && isWanted(record, { states, operation })) {
          bytes += Buffer.byteLength(JSON.stringify(record.job));
          if (jobs.length > 0 && bytes > maxPageBytes) return { jobs, next };
          jobs.push(record.job);
        }
        next = String(entry['createdOrder']);
      }
      const isLast = start === items.length && LastEvaluatedKey === undefined;
      if (jobs.length === limit) return isLast ? { jobs } : { jobs, next };
    }
    if (LastEvaluatedKey === undefined) return { jobs };
    next = String(LastEvaluatedKey['createdOrder']);
    read += ScannedCount;
    if (read >= maxEntriesPerPage) return { jobs, next };
  }
  return { jobs };
};

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

const isWanted = (
  record: Pick<Job, 'state' | 'operation'>,
  { states, operation }: Pick<JobQuery, 'states' | 'operation'>,
): boolean =>
  (states === undefined || states.includes(record.state)) &&
  (operation === undefined || operation === record.operation);

const readRecords = async <Schema extends z.ZodObject>(
  table: Table,
  entries: readonly Item[],
  schema: Schema,
): Promise<Map<unknown, { job: z.output<Schema> } & Pick<Job, 'state' | 'operation'>>> => {
  const keys = entries.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
  const items = await getItems(table, keys, [...new Set(['state', 'operation', ...Object.keys(schema.shape)])], {
    consistent: false,
  });
  const parse = createItemParser(schema);
  const { parsed } = parseEach(table, items, (item) => {
    const { state, operation } = item as Pick<Job, 'state' | 'operation'>;
    return [item['pk'], { job: parse(item), state, operation }] as const;
  });
  return new Map(parsed);
};
