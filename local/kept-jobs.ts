import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { JobIndex } from '#shared/deployment/tables.ts';
import { jobKey } from '#shared/jobs/job-store.ts';
import { stackNames } from './stack-settings.ts';

/** Jobs that have not ended. */
export interface OpenJobs {
  waiting: number;
  running: number;
}

const index: JobIndex = 'queue';
const { sk: jobSortKey } = jobKey('');

/** Counts the jobs that an earlier process left, by the index that holds each until it has ended. */
export const countOpenJobs = async (
  dynamoDb: DynamoDBClient,
  tableName: string = stackNames.table,
): Promise<OpenJobs> => {
  const open: OpenJobs = { waiting: 0, running: 0 };
  const scan = { TableName: tableName, IndexName: index, ProjectionExpression: 'sk, queueState' };
  for await (const { Items = [] } of paginateScan({ client: dynamoDb }, scan)) {
    for (const { sk, queueState } of Items) {
      // Batches, erasures and reservations that are open stand in it as well.
      if (sk?.S === jobSortKey) open[queueState?.S === 'active' ? 'running' : 'waiting'] += 1;
    }
  }
  return open;
};
