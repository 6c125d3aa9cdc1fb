import { BatchGetCommand, type BatchGetCommandOutput } from '@aws-sdk/lib-dynamodb';
import { isExpired, type Table } from '../aws/table.ts';
import { jobKey } from '../jobs/job-item.ts';
import { jobIdOfLine } from './batch-identity.ts';

/** Most lines that can be read at once (DynamoDB: 100 items in a BatchGetItem). */
export const linesAtOnce = 100;

/**
 * Reads the items of the jobs that lines have become (strongly consistent), by line; a line without a job is left out.
 *
 * @param first number of the first line; at most {@link linesAtOnce} are read from there to `last`
 * @param attributes what is wanted of each item, beside its line
 */
export const readLineJobs = async (
  table: Table,
  batchId: string,
  { first, last }: { first: number; last: number },
  attributes: readonly string[],
): Promise<Map<number, Record<string, unknown>>> => {
  const wanted = ['line', 'expiresAt', ...attributes];
  const projection = {
    ConsistentRead: true,
    ProjectionExpression: wanted.map((_, index) => `#a${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(wanted.map((name, index) => [`#a${index}`, name])),
  };
  const found = new Map<number, Record<string, unknown>>();
  const lines = Array.from({ length: Math.min(last - first + 1, linesAtOnce) }, (_, index) => first + index);
  let keys: Record<string, unknown>[] = lines.map((line) => jobKey(jobIdOfLine(batchId, line)));
  // DynamoDB answers with up to 16 MB and leaves the rest for another call.
  while (keys.length > 0) {
    const { Responses, UnprocessedKeys }: BatchGetCommandOutput = await table.dynamoDb.send(
      new BatchGetCommand({ RequestItems: { [table.tableName]: { Keys: keys, ...projection } } }),
    );
    for (const item of Responses?.[table.tableName] ?? []) {
      if (!isExpired(item, table.clock.now())) found.set(Number(item['line']), item);
    }
    keys = UnprocessedKeys?.[table.tableName]?.Keys ?? [];
  }
  return found;
};
