import type { Table } from '../aws/table.ts';
import type { CallerPolicy } from '../caller-policy.ts';
import { queuedJobs, refuseDay, refuseQueued } from './admission.ts';
import { readRequests } from './daily-requests.ts';
import { readPlaces, recountPlaces } from './places.ts';
import type { PolicyRefusal } from './policy-refusal.ts';

/**
 * Why the next job of a caller would not be admitted, as things stand now; nothing is counted for it.
 *
 * @returns undefined if it would be
 */
export const findAdmissionRefusal = async (
  table: Table,
  caller: string,
  { queuedJobs: places, requestsPerDay }: Pick<CallerPolicy, 'requestsPerDay' | 'queuedJobs'>,
): Promise<PolicyRefusal | undefined> => {
  const now = table.clock.now();
  if (places !== undefined && (await countPlaces(table, caller, places)) >= places) return refuseQueued(places, now);
  const isUsedUp = requestsPerDay !== undefined && (await readRequests(table, caller)) >= requestsPerDay;
  return isUsedUp ? refuseDay(requestsPerDay, now) : undefined;
};

/** The counter is too high until it has reached its limit: then the places of jobs that are over are found. */
const countPlaces = async (table: Table, caller: string, limit: number): Promise<number> => {
  const counted = await readPlaces(table, queuedJobs, caller);
  if (counted < limit) return counted;
  await recountPlaces(table, queuedJobs, caller);
  return readPlaces(table, queuedJobs, caller);
};
