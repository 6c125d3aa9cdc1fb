import type * as z from 'zod';
import { getItems } from '../aws/batch-get.ts';
import { condition } from '../aws/expressions.ts';
import { createItemParser, type Item, parseEach } from '../aws/items.ts';
import { queryItems, type Table } from '../aws/table.ts';
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
  /** The `next` of the page before. */
  before?: string;
  /** Jobs per page at most. */
  limit: number;
}

/** How many records are read for one page, whatever the limit: those in other states than the wanted ones are among them. */
export const maxRecordsPerPage = 500;

// Lambda answers with up to 6 MB.
const maxPageBytes = 3 * 1024 * 1024;

/**
 * Lists a caller's jobs, newest first. What is read for a page is bounded, and so is its size: where the wanted states are
 * rare, or records are large, a page holds less than the limit, or nothing, and leads to the next all the same.
 *
 * @param schema what is read of each job
 */
export const listJobs = async <Schema extends z.ZodObject>(
  table: Table,
  query: JobQuery,
  schema: Schema,
): Promise<JobPage<z.output<Schema>>> => {
  const { states, limit } = query;
  const jobs: z.output<Schema>[] = [];
  let { before: next } = query;
  let bytes = 0;
  let read = 0;
  for await (const { entries, isLast } of readEntries(table, query)) {
    const records = await readRecords(table, entries, schema);
    for (const [index, entry] of entries.entries()) {
      const record = records.get(entry['pk']);
      if (record !== undefined && (states === undefined || states.includes(record.state))) {
        bytes += Buffer.byteLength(JSON.stringify(record.job));
        if (jobs.length > 0 && bytes > maxPageBytes) return { jobs, next };
        jobs.push(record.job);
      }
      next = String(entry['createdOrder']);
      if (jobs.length === limit) return isLast && index === entries.length - 1 ? { jobs } : { jobs, next };
    }
    read += entries.length;
    if (read >= maxRecordsPerPage) return isLast ? { jobs } : { jobs, next };
  }
  return { jobs };
};

/** Reads the caller's list in parts, each small enough to be looked up at once. */
async function* readEntries(
  table: Table,
  { caller, states, before, limit }: JobQuery,
): AsyncGenerator<{ entries: Item[]; isLast: boolean }> {
  const part = states === undefined ? limit : 100;
  const where = condition`#caller = ${caller} AND #createdOrder < ${before ?? afterAllJobs}`;
  let entries: Item[] = [];
  for await (const entry of queryItems(table, { index: 'caller', where, descending: true, pageSize: part + 1 })) {
    if (entries.length === part) {
      yield { entries, isLast: false };
      entries = [];
    }
    entries.push(entry);
  }
  yield { entries, isLast: true };
}

const readRecords = async <Schema extends z.ZodObject>(
  table: Table,
  entries: readonly Item[],
  schema: Schema,
): Promise<Map<unknown, { job: z.output<Schema>; state: JobState }>> => {
  const keys = entries.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
  const items = await getItems(table, keys, ['state', ...Object.keys(schema.shape)]);
  const parse = createItemParser(schema);
  const { parsed } = parseEach(table, items, (item) => {
    const state = item['state'] as Job['state'];
    return [item['pk'], { job: parse(item), state }] as const;
  });
  return new Map(parsed);
};
