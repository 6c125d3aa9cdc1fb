import * as z from 'zod';
import { getItems } from '../aws/batch-get.ts';
import { createItemParser, parseEach } from '../aws/items.ts';
import type { Table } from '../aws/table.ts';
import { jobSchema } from '../jobs/job.ts';
import { jobKey } from '../jobs/job-store.ts';
import { once } from '../once.ts';
import { jobIdOfLine } from './batch-store.ts';

/** Most lines of a page: what one BatchGetItem reads. */
export const linesInPage = 100;

/** What can be read of the job that a line has become; `pick` the attributes that are needed. */
export const lineJobSchema = once(() =>
  jobSchema().extend({
    /** When the end of the job was counted in its batch, ISO. */
    countedAt: z.string().optional(),
  }),
);

/** The jobs that consecutive lines have become, by line; a line without a job is left out. */
export interface LinePage<LineJob> {
  /** Number of the first line, from 1. */
  first: number;
  last: number;
  jobs: Map<number, LineJob>;
}

/**
 * Reads the jobs that lines have become (strongly consistent), page by page. Only the attributes of
 * the schema are read; a job that cannot be read is left out like one that is not there.
 *
 * @param lines numbers of the first line (1 if absent) and the last; whether the last page comes first
 */
export async function* lineJobs<Schema extends z.ZodObject>(
  table: Table,
  batchId: string,
  { first: start = 1, last: end, descending = false }: { first?: number; last: number; descending?: boolean },
  schema: Schema,
): AsyncGenerator<LinePage<z.output<Schema>>> {
  const parse = createItemParser(() => schema);
  const attributes = Object.keys(schema.shape);
  const pages = Math.ceil((end - start + 1) / linesInPage);
  for (let page = 0; page < pages; page += 1) {
    const first = start + (descending ? pages - 1 - page : page) * linesInPage;
    const last = Math.min(end, first + linesInPage - 1);
    const keys = Array.from({ length: last - first + 1 }, (_, index) => jobKey(jobIdOfLine(batchId, first + index)));
    const items = await getItems(table, keys, ['line', ...attributes]);
    const { parsed } = parseEach(table, items, (item) => [Number(item['line']), parse(item)] as const);
    yield { first, last, jobs: new Map(parsed) };
  }
}
