import { getItems } from '../aws/batch-get.ts';
import type { Item } from '../aws/items.ts';
import type { ItemKey, Table } from '../aws/table.ts';
import { batchKey, getBatch } from '../batches/batch-store.ts';
import type { CallerPolicy } from '../caller-policy.ts';
import { finalStates } from '../jobs/job.ts';
import { jobKey } from '../jobs/job-store.ts';
import { type CountedRequests, countRequests, endOfDay, readCountedTo, returnRequests } from './daily-requests.ts';
import { leavePlaces, type Place, type PlaceKind, takePlaces } from './places.ts';
import { PolicyRefusal } from './policy-refusal.ts';

/** What was counted for the jobs of a caller before they exist. */
export interface Admission {
  caller: string;
  /** How many of the jobs may be made: the first ones. */
  admitted: number;
  /** Why the others may not; undefined if all may. */
  refusal?: PolicyRefusal;
  requests?: CountedRequests;
  places: readonly Place[];
}

/** The same of lines of a batch. */
export interface LineAdmission extends Admission {
  /** How many of the lines found a place: the others wait for one. */
  placed: number;
  /** The requests of lines up to this one are counted. */
  countedTo: number;
}

// A job ends every few seconds where a caller's queue is full.
const placeRetryMs = 10_000;

const createFindStates =
  (toKey: (id: string) => Required<ItemKey>, ended: readonly string[]): PlaceKind['findStates'] =>
  async (table, ids) => {
    const found = await getItems(table, [...new Set(ids)].map(toKey), ['state']);
    const states = new Map(found.map((item: Item) => [String(item['pk']), String(item['state'])]));
    return new Map(
      ids.flatMap((id) => {
        const state = states.get(toKey(id).pk);
        return state === undefined ? [] : [[id, ended.includes(state) ? 'over' : 'open'] as const];
      }),
    );
  };

/** Jobs that have not ended. */
export const queuedJobs: PlaceKind = { name: 'queued-jobs', findStates: createFindStates(jobKey, finalStates) };

/** Batches that have neither a report nor been refused. */
export const openBatches: PlaceKind = {
  name: 'open-batches',
  findStates: createFindStates(batchKey, ['finished', 'refused', 'erasing']),
};

/**
 * Counts new jobs of a caller against what its policy limits, all before any of them exists: the first ones are admitted, as many as
 * the scarcest rule allows.
 *
 * @param jobIds in the order of the jobs
 */
export const admitJobs = async (
  table: Table,
  caller: string,
  policy: Pick<CallerPolicy, 'requestsPerDay' | 'queuedJobs'>,
  jobIds: readonly string[],
): Promise<Admission> => {
  let admission: Admission = { caller, admitted: jobIds.length, places: [] };
  if (policy.queuedJobs !== undefined && admission.admitted > 0) {
    const places = await takePlaces(table, queuedJobs, caller, jobIds, policy.queuedJobs);
    const refusal = refuseQueued(policy.queuedJobs, table.clock.now());
    admission = { ...admission, places, ...limitTo(admission, places.length, refusal) };
  }
  if (policy.requestsPerDay !== undefined && admission.admitted > 0) {
    const requests = await countRequests(table, caller, admission.admitted, policy.requestsPerDay);
    const refusal = refuseDay(policy.requestsPerDay, table.clock.now());
    const { places } = admission;
    await leavePlaces(table, places.slice(requests.count));
    const kept = places.slice(0, requests.count);
    admission = { ...admission, requests, places: kept, ...limitTo(admission, requests.count, refusal) };
  }
  return admission;
};

/**
 * The same for lines of a batch, which may be read again after a crash: what was counted before is not counted again, and lines
 * without a place in the queue wait instead of being refused.
 *
 * @param jobs of the lines that are no jobs yet, in the order of the lines
 * @param chunk.at when the chunk was begun for the first time, epoch ms
 * @param chunk.countedTo up to which line the requests are known to be counted
 */
export const admitLines = async (
  table: Table,
  caller: string,
  policy: Pick<CallerPolicy, 'requestsPerDay' | 'queuedJobs'>,
  jobs: readonly { jobId: string; line: number }[],
  { batchId, at, countedTo }: { batchId: string; at: number; countedTo: number },
): Promise<LineAdmission> => {
  const nothing: LineAdmission = { caller, admitted: 0, placed: jobs.length, places: [], countedTo };
  // They would wait for ever.
  if (policy.queuedJobs === 0) return { ...nothing, refusal: refuseQueued(0, table.clock.now()) };
  const ids = jobs.map(({ jobId }) => jobId);
  const places =
    policy.queuedJobs === undefined
      ? []
      : await takePlaces(table, queuedJobs, caller, ids, policy.queuedJobs, (id) => id);
  const placed = policy.queuedJobs === undefined ? jobs.length : places.length;
  const admission: LineAdmission = { ...nothing, admitted: placed, placed, places };
  if (policy.requestsPerDay === undefined || placed === 0) return admission;
  const known = Math.max(countedTo, await readCountedTo(table, caller, batchId, at));
  const lines = jobs.slice(0, placed).map(({ line }) => line);
  const before = lines.filter((line) => line <= known).length;
  const uncounted = { batchId, at, lines: lines.slice(before) };
  const requests = await countRequests(table, caller, placed - before, policy.requestsPerDay, uncounted);
  const admitted = before + requests.count;
  await leavePlaces(table, places.slice(admitted));
  const kept = places.slice(0, admitted);
  const refusal = refuseDay(policy.requestsPerDay, table.clock.now());
  const last = lines[admitted - 1] ?? 0;
  return {
    ...admission,
    requests,
    places: kept,
    ...limitTo(admission, admitted, refusal),
    countedTo: Math.max(known, last),
  };
};

const limitTo = (
  { admitted, refusal }: Admission,
  allowed: number,
  reason: PolicyRefusal,
): Pick<Admission, 'admitted' | 'refusal'> =>
  allowed < admitted ? { admitted: allowed, refusal: reason } : { admitted, refusal };

/**
 * Gives back what was counted for jobs that are certainly not made. A job whose put may have been carried out stays counted.
 *
 * @param jobIds which of the admitted jobs, each at most once
 */
export const returnAdmission = async (
  table: Table,
  { caller, requests, places }: Admission,
  jobIds: readonly string[],
): Promise<void> => {
  if (jobIds.length === 0) return;
  const gone = new Set(jobIds);
  const left = places.filter(({ id }) => gone.has(id));
  await leavePlaces(table, left);
  if (requests !== undefined) await returnRequests(table, caller, { ...requests, count: jobIds.length });
};

/**
 * Takes a place for a batch that is not there yet. One that loses to the same batch made at the same time keeps its place, until
 * the batch is over.
 *
 * @throws {PolicyRefusal} 429 if as many are under way as the caller's policy allows
 */
export const admitBatch = async (
  table: Table,
  caller: string,
  { openBatches: limit }: Pick<CallerPolicy, 'openBatches'>,
  batchId: string,
): Promise<void> => {
  if (limit === undefined || (await getBatch(table, batchId)) !== undefined) return;
  const places = await takePlaces(table, openBatches, caller, [batchId], limit);
  if (places.length > 0) return;
  const message = `Your policy allows ${limit} batches under way at once (rule openBatches).`;
  throw new PolicyRefusal('openBatches', message, { status: 429, retryAt: table.clock.now() + placeRetryMs });
};

/**
 * Takes a place for the batch of a file in the inbox, which waits where there is none.
 *
 * @returns whether there was one
 */
export const takeBatchPlace = async (
  table: Table,
  caller: string,
  { openBatches: limit }: Pick<CallerPolicy, 'openBatches'>,
  batchId: string,
): Promise<boolean> =>
  limit === undefined || (await takePlaces(table, openBatches, caller, [batchId], limit, (id) => id)).length > 0;

/** The refusal of a job that would be one too many; `now` in epoch ms. */
export const refuseQueued = (limit: number, now: number): PolicyRefusal =>
  new PolicyRefusal('queuedJobs', `Your policy allows ${limit} jobs that have not ended (rule queuedJobs).`, {
    status: 429,
    retryAt: now + placeRetryMs,
  });

/** The refusal of a request on a day that has no more; `now` in epoch ms. */
export const refuseDay = (limit: number, now: number): PolicyRefusal => {
  const retryAt = endOfDay(now);
  const message = `Your policy allows ${limit} requests a day (rule requestsPerDay); the next day begins at ${new Date(retryAt).toISOString()}.`;
  return new PolicyRefusal('requestsPerDay', message, { status: 429, retryAt });
};
