import { getItems } from '../aws/batch-get.ts';
import type { Item } from '../aws/items.ts';
import type { ItemKey, Table } from '../aws/table.ts';
import { batchKey, getBatch } from '../batches/batch-store.ts';
import type { CallerPolicy } from '../caller-policy.ts';
import { finalStates } from '../jobs/job.ts';
import { jobKey } from '../jobs/job-store.ts';
import { type CountedRequests, countRequests, endOfDay, returnRequests } from './daily-requests.ts';
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

const refuseQueued = (limit: number, now: number): PolicyRefusal =>
  new PolicyRefusal('queuedJobs', `Your policy allows ${limit} jobs that have not ended (rule queuedJobs).`, {
    status: 429,
    retryAt: now + placeRetryMs,
  });

const refuseDay = (limit: number, now: number): PolicyRefusal => {
  const retryAt = endOfDay(now);
  const message = `Your policy allows ${limit} requests a day (rule requestsPerDay); the next day begins at ${new Date(retryAt).toISOString()}.`;
  return new PolicyRefusal('requestsPerDay', message, { status: 429, retryAt });
};
