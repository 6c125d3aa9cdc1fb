import { createHash } from 'node:crypto';
import { condition } from '../aws/expressions.ts';
import { getItem, removeItem, type Table, ttlAfter, updateItem } from '../aws/table.ts';
import { jobPartitions } from '../deployment/tables.ts';
import { type Job, type NewJob, requestOf } from './job.ts';
import { getJob } from './job-store.ts';

type Identity = Pick<NewJob, 'caller' | 'operation' | 'modelVersion' | 'request'>;

const buildKey = (request: Identity) => {
  const { caller, operation, modelVersion } = request;
  const hash = requestHashOf(operation, modelVersion, requestOf(request));
  return {
    pk: jobPartitions.reuse(
      createHash('sha256')
        .update(JSON.stringify([caller, hash]))
        .digest('hex'),
    ),
    sk: 'reuse',
  };
};

/** Remembers a job with a reusable request that has succeeded, so that an equal request can be answered with its outputs; the latest one counts. */
export const rememberReusable = async (
  table: Table,
  job: Identity & Pick<Job, 'jobId' | 'retentionSeconds'>,
): Promise<void> => {
  const expiresAt = ttlAfter(table, job.retentionSeconds);
  await updateItem(table, buildKey(job), { set: { jobId: job.jobId, expiresAt } });
};

/** Forgets a job that is erased, unless a later one has taken its place. */
export const forgetReusable = async (table: Table, job: Identity & Pick<Job, 'jobId'>): Promise<void> => {
  await removeItem(table, buildKey(job), condition`#jobId = ${job.jobId}`);
};

/**
 * The caller's latest job with the same, reusable request that succeeded a short while ago.
 *
 * @param maxAgeSeconds how long ago at most
 */
export const findReusable = async (
  table: Table,
  request: Identity,
  maxAgeSeconds: number,
): Promise<Job | undefined> => {
  const item = await getItem(table, buildKey(request), { consistent: false });
  const job = item && (await getJob(table, String(item['jobId'])));
  if (job?.state !== 'succeeded' || job.caller !== request.caller || job.finishedAt === undefined) return undefined;
  return table.clock.now() - Date.parse(job.finishedAt) <= maxAgeSeconds * 1000 ? job : undefined;
};

/** SHA-256 in hex of what makes two requests the same: operation, model version and body, whatever the order of fields. */
export const requestHashOf = (operation: string, modelVersion: string | undefined, body: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([operation, modelVersion ?? null, canonical(body)]))
    .digest('hex');

// Pairs instead of objects: a key such as __proto__ or 1 would not keep its place in an object.
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return ['list', value.map(canonical)];
  if (typeof value !== 'object' || value === null) return value;
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return ['fields', pairs.map(([name, field]) => [name, canonical(field)])];
};
