import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';
import * as z from 'zod';
import { getItems } from '../aws/batch-get.ts';
import { condition } from '../aws/expressions.ts';
import { createItemParser, type Item, parseEach, UnreadableItemError } from '../aws/items.ts';
import { getItem, nowSeconds, putItem, queryPages, type Table, ttlAfter } from '../aws/table.ts';
import { isFinal, type Job, jobSchema } from '../jobs/job.ts';
import { jobKey, statePart } from '../jobs/job-store.ts';
import { isOfRecord } from '../jobs/set-aside.ts';
import { once } from '../once.ts';
import { openJobsKey } from './budget-items.ts';
import { findUnreserved, keptSeconds, newToken } from './reservation.ts';

const openJob = once(() =>
  jobSchema().pick({
    jobId: true,
    requestHash: true,
    caller: true,
    state: true,
    createdAt: true,
    cost: true,
  }),
);

/** What is read of a job that has not ended. */
export type OpenJob = z.output<ReturnType<typeof openJob>>;

// A process that still knows the caller without a budget may accept jobs for so long: a minute by its memory of policies, and the time
// that a request takes.
const settledAfterMs = 90_000;

// The index of states may lack what was written so shortly before a look.
const indexLagMs = 60_000;

// Of one request: it answers within a few seconds, however many jobs are open.
const maxReserved = 400;
const maxLookedAt = 4_000;
const maxMs = 3_000;

// One request of a caller looks at a time, as several would only wait for each other's reservations; the others wait for it, a little
// longer in all than it looks. Each wait costs a read: they come seldom, and not together.
const leaseMs = 10_000;
const minWaitMs = 250;
const maxWaitMs = 500;
const maxWaits = 12;

const pageSize = 100;
const concurrency = 16;

// Those that wait come first: one that gets its turn meanwhile is met in the second part.
const parts = ['queued', 'running'] as const satisfies Job['state'][];

/** Before every job in the index of states, which are in the order of their creation. */
const beforeAll = '0';

const progressSchema = once(() =>
  z.object({
    /** Whose budget was looked at for: see {@link reserveOpenJobs}. */
    since: z.string(),
    /** Every open job that stands in front of this place in the index of states has its reservation. */
    from: z.string(),
    /** How many looks from there have come to their end for this budget: the second finds what changed its state during the first. */
    fullLooks: z.int(),
    /** When the last look began, and ended unless it goes on, in epoch ms. */
    beganAt: z.number(),
    endedAt: z.number().optional(),
    /** Where a look goes on. */
    cursor: z.object({ part: z.int(), after: z.string() }).optional(),
    /** Whether the last call of a look that goes on found every job reserved that it came to. */
    isClear: z.boolean().optional(),
    /** Until when another call may look, in epoch ms. */
    busyUntil: z.number().optional(),
  }),
);

type Progress = z.output<ReturnType<typeof progressSchema>>;

const parseProgress = createItemParser(progressSchema);

/**
 * Reserves what the open jobs of a caller cost that have no reservation, as nothing is reserved while it has no budget. The first two
 * looks for a budget are at all of them; each later one is at those that were made since the one before, as a budget may have been taken
 * away and set again. A look reserves a few hundred at most; the next one goes on. A job whose reservation cannot be read is reported and
 * left out.
 *
 * @param since when the rules of the caller were set last, ISO, undefined for those of the stage: others are looked at for at once
 * @param reserveOne reserves what a job costs, unless that has been done
 * @returns whether all of them are reserved, as far as is known: once a look has ended, a later one that goes on counts as long as it
 * finds nothing
 */
export const reserveOpenJobs = async (
  table: Table,
  caller: string,
  since = 'stage',
  reserveOne: (job: OpenJob) => Promise<unknown>,
): Promise<boolean> => {
  const key = openJobsKey(caller);
  for (let waits = 0; ; waits += 1) {
    const item = await getItem(table, key);
    const known = item && readProgress(table, item);
    const now = table.clock.now();
    if (known?.endedAt !== undefined && known.since === since && now < known.endedAt + settledAfterMs) return true;
    const look = beginLook(known, since, now);
    const isBusy = known?.busyUntil !== undefined && now < known.busyUntil;
    if (isBusy && isPassable(look)) return true;
    if (!isBusy) {
      const expiresAt = ttlAfter(table, keptSeconds);
      const own = { ...key, revision: newToken(), expiresAt };
      const isLeased =
        (await putItem(table, { ...own, ...look, busyUntil: now + leaseMs }, isUnchanged(table, item))) ||
        // The answer to an attempt that was carried out may have been lost.
        (await getItem(table, key))?.['revision'] === own.revision;
      if (isLeased) {
        const { cursor, reserved } = await lookOn(table, caller, look, reserveOne);
        const reached: Progress =
          cursor === undefined ? endLook(look, table.clock.now()) : { ...look, cursor, isClear: reserved === 0 };
        // One whose lease is over leaves what another has reached since.
        await putItem(table, { ...own, ...reached, revision: newToken() }, isUnchanged(table, own));
        return cursor === undefined || isPassable(reached);
      }
    }
    if (waits === maxWaits) return false;
    await sleep(minWaitMs + Math.random() * (maxWaitMs - minWaitMs));
  }
};

/** Where it cannot be read, the looks begin anew. */
const readProgress = (table: Table, item: Item): Progress | undefined =>
  parseEach(table, [item], parseProgress).parsed[0];

/** Holds for the item that was read: no two calls go on from the same place, and none puts back what another has reached. */
const isUnchanged = (table: Table, item: Item | undefined) =>
  item?.['revision'] === undefined
    ? condition`attribute_not_exists(#revision) OR #expiresAt <= ${nowSeconds(table)}`
    : condition`#revision = ${item['revision']}`;

/** Whether requests need not wait for the end of a look. */
const isPassable = ({ fullLooks, isClear }: Progress): boolean => fullLooks > 0 && isClear === true;

const beginLook = (known: Progress | undefined, since: string, now: number): Progress => {
  const { from = beforeAll, fullLooks = 0, beganAt = now, endedAt, cursor, isClear } = known ?? {};
  // Jobs may have been made without a reservation, before the cursor as well, while the caller had another budget or none.
  if (known?.since !== since) return { since, from, fullLooks: 0, beganAt: now };
  if (endedAt !== undefined) return { since, from, fullLooks, beganAt: now };
  return { since, from, fullLooks, beganAt, cursor, isClear };
};

const endLook = ({ since, from, fullLooks, beganAt }: Progress, endedAt: number): Progress => {
  const looks = Math.min(fullLooks + 1, 2);
  const isFull = looks < 2;
  return {
    since,
    from: isFull ? from : new Date(beganAt - indexLagMs).toISOString(),
    fullLooks: looks,
    beganAt,
    endedAt,
  };
};

/** @returns where to go on, undefined at the end; and how many had no reservation */
const lookOn = async (
  table: Table,
  caller: string,
  { from, cursor = { part: 0, after: from } }: Pick<Progress, 'from' | 'cursor'>,
  reserveOne: (job: OpenJob) => Promise<unknown>,
): Promise<{ cursor: Progress['cursor']; reserved: number }> => {
  const endsAt = table.clock.now() + maxMs;
  let reserved = 0;
  let lookedAt = 0;
  let { after } = cursor;
  for (const [part, state] of parts.entries()) {
    if (part < cursor.part) continue;
    const where = condition`#callerState = ${statePart(caller, state)} AND #createdOrder > ${after}`;
    const attributes = ['pk', 'sk', 'createdOrder'];
    for await (const { Items = [] } of queryPages(table, { index: 'states', where, attributes, pageSize })) {
      if (Items.length === 0) continue;
      if (reserved >= maxReserved || lookedAt >= maxLookedAt || table.clock.now() >= endsAt) {
        return { cursor: { part, after }, reserved };
      }
      const keys = Items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
      const { parsed } = parseEach(
        table,
        await getItems(table, keys, Object.keys(openJob().shape)),
        createItemParser(openJob),
      );
      const unreserved = await findUnreserved(
        table,
        parsed.filter((job) => !isFinal(job.state)),
      );
      const done = await pMap(unreserved, (job) => tryToReserve(table, job, reserveOne), { concurrency });
      lookedAt += Items.length;
      reserved += done.filter(Boolean).length;
      after = String(Items.at(-1)?.['createdOrder']);
    }
    after = from;
  }
  return { cursor: undefined, reserved };
};

/** A job whose reservation cannot be read or written is reported: it must not keep the others, and new ones, from being counted. */
const tryToReserve = async (
  table: Table,
  job: OpenJob,
  reserveOne: (job: OpenJob) => Promise<unknown>,
): Promise<boolean> => {
  try {
    await reserveOne(job);
    return true;
  } catch (error) {
    if (!isOfRecord(error) || table.onUnreadable === undefined) throw error;
    table.onUnreadable(
      error instanceof UnreadableItemError ? error : new UnreadableItemError(jobKey(job.jobId), ['cost']),
    );
    return false;
  }
};
