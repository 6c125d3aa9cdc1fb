import type * as z from 'zod';
import { condition } from '../aws/expressions.ts';
import { queryPages, type Table } from '../aws/table.ts';
import { createJobTest, type JobFilter } from './job-filter.ts';
import { createPageRoom, readRecords } from './job-list.ts';

/** The jobs of a caller that have changed, in the order of their last changes. */
export interface JobChanges<Listed> {
  jobs: Listed[];
  /** Where the next page starts; absent once there are no more. */
  next?: string;
}

/** Which changes are listed. */
export interface ChangesQuery extends JobFilter {
  caller: string;
  /** ISO. */
  since: string;
  /** The `next` of the page before. */
  after?: string;
  /** How many jobs are looked at, at most: fewer where their records are large. */
  limit: number;
  /** What the answer has of an output that the record has not. */
  bytesPerOutput?: number;
}

/**
 * How long a change may take to be seen, in ms: the index of changes lags behind, clocks differ, and a write may be tried again
 * for a while. A caller that asks for what has changed looks back as far.
 */
export const changesLagMs = 10_000;

// Behind every time, which begins with a year.
const afterAllChanges = ':';

/**
 * Lists what has changed; eventually consistent. A job that changes while its caller reads on moves to the end: it is met there, or
 * by the next call. One query of an index that holds keys, and the records that it leads to.
 *
 * @param schema what is read of each job
 */
export const listChanges = async <Schema extends z.ZodObject>(
  table: Table,
  { caller, since, after, limit, bytesPerOutput, ...filter }: ChangesQuery,
  schema: Schema,
): Promise<JobChanges<z.output<Schema>>> => {
  const first = after === undefined ? since : `${after}!`;
  const pages = queryPages(table, {
    index: 'changes',
    where: condition`#caller = ${caller} AND #changedOrder BETWEEN ${first} AND ${afterAllChanges}`,
    pageSize: limit,
  });
  const test = createJobTest(filter);
  for await (const { Items: entries = [], LastEvaluatedKey } of pages) {
    const records = await readRecords(table, entries, test, schema);
    const hasRoom = createPageRoom(bytesPerOutput);
    const jobs: z.output<Schema>[] = [];
    let next: string | undefined;
    for (const { pk, changedOrder } of entries) {
      const job = records.get(pk);
      if (job !== undefined && !hasRoom(job)) return { jobs, next };
      if (job !== undefined) jobs.push(job);
      next = String(changedOrder);
    }
    return { jobs, next: LastEvaluatedKey && String(LastEvaluatedKey['changedOrder']) };
  }
  return { jobs: [] };
};
