import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';
import * as z from 'zod';
import { getItems } from '../aws/batch-get.ts';
import { condition } from '../aws/expressions.ts';
import { createItemParser, parseEach } from '../aws/items.ts';
import { getItem, putItem, queryPages, type Table, ttlAfter } from '../aws/table.ts';
import { isFinal, type Job, jobSchema } from '../jobs/job.ts';
import { statePart } from '../jobs/job-store.ts';
import { once } from '../once.ts';
import { openJobsKey } from './budget-items.ts';
import { findUnreserved, keptSeconds } from './reservation.ts';

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

// One request of a caller looks at a time, as several would only wait for each other's reservations; the others wait for it.
const leaseMs = 10_000;
const waitMs = 50;
const maxWaits = 60;

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
    /** How many looks at all open jobs have come to their end: the second finds what changed its state during the first. */
    fullLooks: z.int(),
    /** When the last look began, and ended unless it goes on, in epoch ms. */
    beganAt: z.number(),
    endedAt: z.number().optional(),
    /** Where a look goes on. */
    cursor: z.object({ part: z.int(), after: z.string() }).optional(),
  }),
);

type Progress = z.output<ReturnType<typeof progressSchema>>;

const parseProgress = createItemParser(progressSchema);

/**
 * Reserves what the open jobs of a caller cost that have no reservation, as nothing is reserved while it has no budget. The first
 * two looks are at all of them; each later one is at those that were made since the one before, as a budget may have been taken away and
 * set again. A look reserves a few hundred at most; the next one goes on.
 *
 * @param since when the rules of the caller were set last, ISO, undefined for those of the stage: others are looked at for at once
 * @param reserveOne reserves what a job costs, unless that has been done
 * @returns whether all of them are reserved
 */
export const reserveOpenJobs = async (
  table: Table,
  caller: string,
  since = 'stage',
  reserveOne: (job: OpenJob) => Promise<unknown>,
): Promise<boolean> => {
  const key = openJobsKey(caller);
  for (let waits = 0; waits <= maxWaits; waits += 1) {
    const item = await getItem(table, key);
    const known = item && parseProgress(item);
    const now = table.clock.now();
    if (known?.endedAt !== undefined && known.since === since && now < known.endedAt + settledAfterMs) return true;
    const look = { ...beginLook(known, now), since };
    const expiresAt = ttlAfter(table, keptSeconds);
    const isFree = condition`attribute_not_exists(#busyUntil) OR #busyUntil <= ${now}`;
    if (await putItem(table, { ...key, ...look, busyUntil: now + leaseMs, expiresAt }, isFree)) {
      const cursor = await lookOn(table, caller, look, reserveOne);
      const progress: Progress = cursor === undefined ? endLook(look, table.clock.now()) : { ...look, cursor };
      // One whose lease is over may write what was before: then the next one repeats what has been done.
      await putItem(table, { ...key, ...progress, expiresAt });
      return cursor === undefined;
    }
    await sleep(waitMs);
  }
  return false;
};

const beginLook = (known: Progress | undefined, now: number): Omit<Progress, 'since'> => {
  const { from = beforeAll, fullLooks = 0, beganAt = now, endedAt, cursor } = known ?? {};
  return endedAt === undefined ? { from, fullLooks, beganAt, cursor } : { from, fullLooks, beganAt: now };
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

/** @returns where to go on; undefined at the end */
const lookOn = async (
  table: Table,
  caller: string,
  { from, cursor = { part: 0, after: from } }: Pick<Progress, 'from' | 'cursor'>,
  reserveOne: (job: OpenJob) => Promise<unknown>,
): Promise<Progress['cursor']> => {
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
      if (reserved >= maxReserved || lookedAt >= maxLookedAt || table.clock.now() >= endsAt) return { part, after };
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
      await pMap(unreserved, reserveOne, { concurrency });
      lookedAt += Items.length;
      reserved += unreserved.length;
      after = String(Items.at(-1)?.['createdOrder']);
    }
    after = from;
  }
  return undefined;
};
