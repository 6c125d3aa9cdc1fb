import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/table.ts';
import type { Job, JobState, NewJob } from './job.ts';
import { createdOrder, indexes, isExpired, jobKey, jobOfItem, queuedPart } from './job-item.ts';
/** One page of a caller's jobs, newest first. */
export interface JobPage {
  jobs: Job[];
  /** Where the next page starts: the last job's creation order; absent on the last page. */
  next?: string;
}

/**
 * Writes a new job into the queue unless its id is taken: an idempotency key makes the id, so one conditional put decides.
 *
 * @returns the job that is in the table now and whether this call put it there
 */
export const createJob = async (
  table: Table,
  job: NewJob,
  place: { rank: string; round: number },
): Promise<{ created: boolean; job: Job }> => {
  const now = new Date(table.clock.now()).toISOString();
  const queued: Job = {
    ...job,
    ...place,
    state: 'queued',
    history: [{ state: 'queued', at: now }],
    createdAt: now,
    updatedAt: now,
    turn: 0,
    attempts: 0,
    resumes: 0,
  };
  return putNewJob(table, queued, { queueState: queuedPart(job.lane), queueOrder: place.rank });
};

/**
 * Writes a job that is over before it began, as its outputs are there from an earlier one, unless its id is taken.
 *
 * @returns the job that is in the table now and whether this call put it there
 */
export const createReusingJob = async (
  table: Table,
  job: NewJob,
  earlier: Pick<Job, 'jobId' | 'outputs' | 'result'>,
): Promise<{ created: boolean; job: Job }> => {
  const nowMs = table.clock.now();
  const now = new Date(nowMs).toISOString();
  const succeeded: Job = {
    ...job,
    // It never stands in the queue.
    rank: '',
    round: 0,
    state: 'succeeded',
    history: [{ state: 'succeeded', at: now }],
    createdAt: now,
    updatedAt: now,
    finishedAt: now,
    turn: 0,
    attempts: 0,
    resumes: 0,
    outputs: earlier.outputs,
    result: earlier.result,
    reusedFrom: earlier.jobId,
  };
  const expiresAt = Math.floor(nowMs / 1000) + job.retentionSeconds;
  return putNewJob(table, succeeded, { unannounced: 'yes', expiresAt });
};

const putNewJob = async (
  table: Table,
  job: Job,
  attributes: Record<string, unknown>,
): Promise<{ created: boolean; job: Job }> => {
  const item = {
    ...jobKey(job.jobId),
    ...job,
    ...attributes,
    createdOrder: createdOrder(job.createdAt, job.jobId),
  };
  try {
    await table.dynamoDb.send(
      new PutCommand({
        TableName: table.tableName,
        Item: item,
        ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
        ExpressionAttributeValues: { ':now': Math.floor(table.clock.now() / 1000) },
      }),
    );
    return { created: true, job };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const existing = await getJob(table, job.jobId);
    if (existing === undefined) return putNewJob(table, job, attributes);
    return { created: false, job: existing };
  }
};

/** Reads a job as it is now (strongly consistent); undefined if there is none or its time is over. */
export const getJob = async (table: Table, jobId: string): Promise<Job | undefined> => {
  const { Item } = await table.dynamoDb.send(
    new GetCommand({ TableName: table.tableName, Key: jobKey(jobId), ConsistentRead: true }),
  );
  return Item === undefined || isExpired(Item, table.clock.now()) ? undefined : jobOfItem(Item);
};

/**
 * Lists a caller's jobs, newest first.
 *
 * @param options.before the `next` of the page before
 * @param options.limit jobs per page at most
 */
export const listJobs = async (
  table: Table,
  options: { caller: string; state?: JobState; before?: string; limit: number },
): Promise<JobPage> => {
  const jobs: Job[] = [];
  let before = options.before;
  // A filtered page of DynamoDB may be empty though more follow, so pages are read until enough jobs are found.
  for (;;) {
    const { Items = [], LastEvaluatedKey } = await table.dynamoDb.send(
      new QueryCommand({
        TableName: table.tableName,
        IndexName: indexes.caller,
        KeyConditionExpression:
          before === undefined ? 'caller = :caller' : 'caller = :caller AND createdOrder < :before',
        FilterExpression: [
          '(attribute_not_exists(expiresAt) OR expiresAt > :now)',
          ...(options.state === undefined ? [] : ['#state = :state']),
        ].join(' AND '),
        ...(options.state === undefined ? {} : { ExpressionAttributeNames: { '#state': 'state' } }),
        ExpressionAttributeValues: {
          ':caller': options.caller,
          ':now': Math.floor(table.clock.now() / 1000),
          ...(before === undefined ? {} : { ':before': before }),
          ...(options.state === undefined ? {} : { ':state': options.state }),
        },
        ScanIndexForward: false,
        Limit: Math.max(options.limit, 100),
      }),
    );
    for (const item of Items) {
      if (jobs.length === options.limit) return { jobs, next: before };
      jobs.push(jobOfItem(item));
      before = String(item['createdOrder']);
    }
    if (LastEvaluatedKey === undefined) return { jobs };
    before = String(LastEvaluatedKey['createdOrder']);
    if (jobs.length === options.limit) return { jobs, next: before };
  }
};

/**
 * Erases the record of a job; the caller has made sure that it is finished.
 *
 * @returns false if its end has not been announced yet: then the record stays, for nothing else remembers that
 */
export const deleteJob = async (table: Table, jobId: string): Promise<boolean> => {
  try {
    await table.dynamoDb.send(
      new DeleteCommand({
        TableName: table.tableName,
        Key: jobKey(jobId),
        ConditionExpression: 'attribute_not_exists(unannounced)',
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};
