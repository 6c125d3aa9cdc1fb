import * as z from 'zod';
import { getItems } from '../aws/batch-get.ts';
import { condition, exists } from '../aws/expressions.ts';
import type { Item } from '../aws/items.ts';
import {
  getItem,
  nowSeconds,
  putItem,
  queryItems,
  removeItem,
  type Table,
  ttlAfter,
  updateItem,
} from '../aws/table.ts';
import { jobKey, jobPartitions } from '../deployment/tables.ts';
import { once } from '../once.ts';
import type { Job, NewJob } from './job.ts';

/** Tells the request of a job from every other one that was sent for the same id, and where it stands. */
type Owner = Pick<Job, 'jobId' | 'requestHash' | 'holdsRequest'>;

/** The request body for Adobe, as the text that the caller wrote. */
export type StoredRequest = Pick<NewJob, 'request'>;

// A request is written before its record, and a crash in between leaves it without one: DynamoDB deletes it after this time.
// No job waits as long; when one ends, the time is set to that of its record.
const keptBeforeEndSeconds = 365 * 86_400;

const sortKey = 'request#';

// In UTF-8: as much as a short prompt with its size needs. Each step of the job writes it again, where an item of its own is written
// twice in all.
const maxHeldBytes = 256;

/** Whether a request stands in the item of its record: short ones do, so that one write makes a job. Secrets never stand there. */
export const isHeld = ({ request, secretHeaders }: Pick<NewJob, 'request' | 'secretHeaders'>): boolean =>
  secretHeaders === undefined && Buffer.byteLength(request) <= maxHeldBytes;

const buildKey = ({ jobId, requestHash }: Omit<Owner, 'holdsRequest'>) => ({
  pk: jobPartitions.job(jobId),
  sk: `${sortKey}${requestHash}`,
});

const findKey = (job: Owner) => (job.holdsRequest ? jobKey(job.jobId) : buildKey(job));

/**
 * Writes a longer request of a job that has no record yet. It stands in an item of its own, up to 100 KB long, so that steps of
 * the job, lists and counts do not move it. Two requests with one id do not meet: each has its hash in its key, and the
 * record decides which of them is the job's.
 */
export const storeRequest = async (
  table: Table,
  job: Owner & StoredRequest & Pick<NewJob, 'secretHeaders'>,
): Promise<void> => {
  const { request, secretHeaders } = job;
  const item = { ...buildKey(job), request, secretHeaders, expiresAt: ttlAfter(table, keptBeforeEndSeconds) };
  await putItem(table, item, condition`attribute_not_exists(#pk) OR #expiresAt <= ${nowSeconds(table)}`);
};

/** Reads the request of a job (strongly consistent); undefined once it is erased. */
export const readRequest = async (table: Table, job: Owner): Promise<StoredRequest | undefined> => {
  const item = await getItem(table, findKey(job));
  return item && readHeld(item);
};

/** The request in an item that was read: its own, or the record of a job that holds its request. */
export const readHeld = ({ request }: Item): StoredRequest | undefined =>
  request === undefined ? undefined : { request: String(request) };

const secretHeadersSchema = once(() => z.record(z.string(), z.string()).catch({}));

/** Reads the secrets that go to Adobe with a request, by the names of their headers; none once they are erased. */
export const readSecretHeaders = async (table: Table, job: Owner): Promise<Record<string, string>> =>
  secretHeadersSchema().parse((await getItem(table, buildKey(job)))?.['secretHeaders']);

/** Erases the secrets that went to Adobe with a request; done again it changes nothing. */
export const forgetSecretHeaders = async (table: Table, job: Owner): Promise<void> => {
  if (job.holdsRequest) return;
  await updateItem(table, buildKey(job), { remove: ['secretHeaders'], when: exists });
};

/** Reads the requests of up to 100 jobs, by their ids. */
export const readRequests = async (table: Table, jobs: readonly Owner[]): Promise<Map<string, StoredRequest>> => {
  const items = new Map<unknown, unknown>();
  for (const { pk, request } of await getItems(table, jobs.map(findKey), ['request'])) items.set(pk, request);
  return new Map(
    jobs.flatMap(({ jobId }) => {
      const request = items.get(jobPartitions.job(jobId));
      return request === undefined ? [] : [[jobId, { request: String(request) }]];
    }),
  );
};

/**
 * Has DynamoDB delete the request of a job, and erases its secrets at once; done again it changes nothing. One that its record holds
 * goes with the record.
 *
 * @param expiresAt epoch seconds
 */
export const expireRequest = async (table: Table, job: Owner, expiresAt: number): Promise<void> => {
  if (job.holdsRequest) return;
  await updateItem(table, buildKey(job), { set: { expiresAt }, remove: ['secretHeaders'], when: exists });
};

/** Erases every request that was sent for the id of a job. */
export const eraseRequests = async (table: Table, jobId: string): Promise<void> => {
  const where = condition`#pk = ${jobPartitions.job(jobId)} AND begins_with(#sk, ${sortKey})`;
  for await (const { pk, sk } of queryItems(table, { where, consistent: true })) {
    await removeItem(table, { pk: String(pk), sk: String(sk) });
  }
};
