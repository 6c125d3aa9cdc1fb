import { BatchWriteCommand, type BatchWriteCommandOutput, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/table.ts';
import { partitionOf } from './batch-item.ts';

/** A line that is no job: it cannot be one, the batch had been cancelled before, or there is nothing in it. */
export interface SkippedLine {
  /** Number of the line, from 1. */
  line: number;
  /** The caller's own id of the line. */
  id?: string;
  state: 'rejected' | 'cancelled' | 'blank';
  error?: { code: string; message: string };
}

// DynamoDB takes so many items in a BatchWriteItem.
const writesAtOnce = 25;

const sortKeyOf = (line: number): string => `line#${String(line).padStart(9, '0')}`;

/**
 * Remembers lines that are no jobs for the report; written again they stay the same.
 *
 * @param expiresAt when they may be forgotten, in epoch seconds; for good if undefined
 */
export const saveSkippedLines = async (
  table: Table,
  batchId: string,
  lines: readonly SkippedLine[],
  expiresAt?: number,
): Promise<void> => {
  for (let start = 0; start < lines.length; start += writesAtOnce) {
    let requests: NonNullable<BatchWriteCommandOutput['UnprocessedItems']>[string] = lines
      .slice(start, start + writesAtOnce)
      .map((line) => ({
        PutRequest: { Item: { pk: partitionOf(batchId), sk: sortKeyOf(line.line), ...line, expiresAt } },
      }));
    while (requests.length > 0) {
      const { UnprocessedItems }: BatchWriteCommandOutput = await table.dynamoDb.send(
        new BatchWriteCommand({ RequestItems: { [table.tableName]: requests } }),
      );
      requests = UnprocessedItems?.[table.tableName] ?? [];
    }
  }
};

/** How a line that is no job is counted. */
export const countedAs = { rejected: 'rejected', cancelled: 'skipped', blank: 'blank' } as const;

/** The lines of a batch that are no jobs, in their order. */
export async function* idleLines(table: Table, batchId: string): AsyncGenerator<SkippedLine> {
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await table.dynamoDb.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: 'pk = :batch AND begins_with(sk, :line)',
        ExpressionAttributeValues: { ':batch': partitionOf(batchId), ':line': 'line#' },
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    );
    for (const { line, id, state, error } of Items) yield { line, id, state, error };
    start = LastEvaluatedKey;
  } while (start !== undefined);
}
