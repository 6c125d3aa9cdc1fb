import { createHash } from 'node:crypto';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/table.ts';
import type { Job, NewJob } from './job.ts';
import { getJob } from './job-store.ts';
import { requestHashOf } from './request-hash.ts';

type Identity = Pick<NewJob, 'caller' | 'operation' | 'modelVersion' | 'request'>;

const keyOf = ({ caller, operation, modelVersion, request }: Identity) => {
  const hash = requestHashOf(operation, modelVersion, JSON.parse(request));
  return {
    pk: `reuse#${createHash('sha256')
      .update(JSON.stringify([caller, hash]))
      .digest('hex')}`,
    sk: 'reuse',
  };
};

/** Only with seeds of its own does a request make the same images again. */
const hasSeeds = ({ request }: Identity): boolean => {
  const body: unknown = JSON.parse(request);
  const seeds = typeof body === 'object' && body !== null && 'seeds' in body ? body.seeds : undefined;
  return Array.isArray(seeds) && seeds.length > 0;
};

/** Remembers a job that has succeeded, so that an equal request can be answered with its outputs; the latest one counts. */
export const rememberReusable = async (table: Table, job: Job): Promise<void> => {
  if (!hasSeeds(job)) return;
  await table.dynamoDb.send(
    new UpdateCommand({
      TableName: table.tableName,
      Key: keyOf(job),
      UpdateExpression: 'SET jobId = :id, expiresAt = :expiry',
      ExpressionAttributeValues: {
        ':id': job.jobId,
        ':expiry': Math.floor(table.clock.now() / 1000) + job.retentionSeconds,
      },
    }),
  );
};

/**
 * The caller's latest job with the same request that succeeded a short while ago.
 *
 * @param maxAgeSeconds how long ago at most
 */
export const findReusable = async (
  table: Table,
  request: Identity,
  maxAgeSeconds: number,
): Promise<Job | undefined> => {
  if (!hasSeeds(request)) return undefined;
  const { Item } = await table.dynamoDb.send(new GetCommand({ TableName: table.tableName, Key: keyOf(request) }));
  const job = Item === undefined ? undefined : await getJob(table, String(Item['jobId']));
  if (job?.state !== 'succeeded' || job.caller !== request.caller || job.finishedAt === undefined) return undefined;
  return table.clock.now() - Date.parse(job.finishedAt) <= maxAgeSeconds * 1000 ? job : undefined;
};
