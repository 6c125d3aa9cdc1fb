import { BatchGetCommand, type BatchGetCommandOutput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { createItemParser, type Item, parseEach } from '../aws/items.ts';
import { isExpired, type Table } from '../aws/table.ts';
import { jobSchema } from '../jobs/job.ts';
import { jobKey } from '../jobs/job-store.ts';
import { jobIdOfLine } from './batch-store.ts';

/** Most lines of a page (DynamoDB: 100 items in a BatchGetItem). */
export const linesInPage = 100;

/** What can be read of the job that a line has become; `pick` the attributes that are needed. */
export const lineJobSchema = jobSchema.extend({
  /** When the end of the job was counted in its batch, ISO. */
  countedAt: z.string().optional(),
});

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
  const parse = createItemParser(schema);
  const attributes = Object.keys(schema.shape);
  const pages = Math.ceil((end - start + 1) / linesInPage);
  for (let page = 0; page < pages; page += 1) {
    const first = start + (descending ? pages - 1 - page : page) * linesInPage;
    const last = Math.min(end, first + linesInPage - 1);
    const items = await readPage(table, batchId, { first, last }, attributes);
    const { parsed } = parseEach(table, items, (item) => [Number(item['line']), parse(item)] as const);
    yield { first, last, jobs: new Map(parsed) };
  }
}

const readPage = async (
  table: Table,
  batchId: string,
  { first, last }: { first: number; last: number },
  attributes: readonly string[],
): Promise<Item[]> => {
  const wanted = [...new Set(['pk', 'sk', 'line', 'expiresAt', ...attributes])];
  const projection = {
    ConsistentRead: true,
    ProjectionExpression: wanted.map((_, index) => `#a${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(wanted.map((name, index) => [`#a${index}`, name])),
  };
  const found: Item[] = [];
  let keys: Record<string, unknown>[] = [];
  for (let line = first; line <= last; line += 1) keys.push(jobKey(jobIdOfLine(batchId, line)));
  // DynamoDB answers with up to 16 MB and leaves the rest for another call.
  while (keys.length > 0) {
    const { Responses, UnprocessedKeys }: BatchGetCommandOutput = await table.dynamoDb.send(
      new BatchGetCommand({ RequestItems: { [table.tableName]: { Keys: keys, ...projection } } }),
    );
    found.push(...(Responses?.[table.tableName] ?? []).filter((item) => !isExpired(item, table.clock.now())));
    keys = UnprocessedKeys?.[table.tableName]?.Keys ?? [];
  }
  return found;
};
