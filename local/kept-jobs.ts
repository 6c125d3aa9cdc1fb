import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { JobIndex } from '#shared/deployment/tables.ts';
import { stackNames } from './stack-settings.ts';

/** Jobs that have not ended. */
export interface OpenJobs {
  waiting: number;
  running: number;
}

const index: JobIndex = 'queue';

/** Counts the jobs that an earlier process left, by the index that holds each until it has ended. */
export const countOpenJobs = async (dynamoDb: DynamoDBClient): Promise<OpenJobs> => {
  const open: OpenJobs = { waiting: 0, running: 0 };
  const scan = { TableName: stackNames.table, IndexName: index, ProjectionExpression: 'queueState' };
  for await (const { Items = [] } of paginateScan({ client: dynamoDb }, scan)) {
    for (const { queueState } of Items) open[queueState?.S === 'active' ? 'running' : 'waiting'] += 1;
  }
  return open;
};
