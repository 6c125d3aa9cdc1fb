import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { getItems } from '../aws/batch-get.ts';
import { condition } from '../aws/expressions.ts';
import { createItemParser, parseEach } from '../aws/items.ts';
import {
  getItem,
  nowSeconds,
  queryItems,
  queryPages,
  removeItem,
  type Table,
  ttlAfter,
  updateItem,
} from '../aws/table.ts';
import { jobPartitions } from '../deployment/tables.ts';
import { once } from '../once.ts';

const reservationSchema = once(() =>
  z.object({
    jobId: z.string(),
    requestHash: z.string(),
    caller: z.string(),
    /**
     * `reserving`: the budget may hold the amount or not yet. `reserved`: it does. `settling`: what the job cost in the end is
     * being counted. `settled`: it is. `none`: nothing is counted, as the budget was used up or the job was never made.
     */
    state: z.enum(['reserving', 'reserved', 'settling', 'settled', 'none']),
    /** Of the process that counts, or was the last to do so. */
    token: z.string(),
    /** Of processes that broke off while they counted the same, or were taken for it. */
    earlier: z.array(z.string()),
    /** When the amount was reserved (ISO): names the day and month for which it counts. */
    at: z.string(),
    /** Thousandths of an Operation that the budget holds for the job. */
    amount: z.int(),
    /** What the caller's jobs might cost then, in Operations: of which thresholds are announced. */
    budget: z.object({ operationsPerDay: z.number().optional(), operationsPerMonth: z.number().optional() }).optional(),
  }),
);

/** What a budget holds for one job. */
export type Reservation = z.output<ReturnType<typeof reservationSchema>>;

/** The job that a reservation is for: two requests with one id do not meet, as each has its own hash. */
export type ReservedJob = Pick<Reservation, 'jobId' | 'requestHash' | 'caller'>;

/** Names a process that counts. */
export const newToken = (): string => randomBytes(9).toString('hex');

/** The part of the queue's index in which reservations stand that are not settled. */
const openReservations = 'reservation';

/** Key of the item that says what a budget holds for a job. */
export const reservationKey = ({ jobId, requestHash }: Pick<Reservation, 'jobId' | 'requestHash'>) => ({
  pk: jobPartitions.reservation(jobId),
  sk: requestHash,
});

/**
 * The reservation in an item of the table.
 *
 * @throws {UnreadableItemError} if the item is not a whole reservation
 */
export const parseReservation = createItemParser(reservationSchema);

/** Reads what a budget holds for a job, as it is now. */
export const getReservation = async (
  table: Table,
  job: Pick<Reservation, 'jobId' | 'requestHash'>,
): Promise<Reservation | undefined> => {
  const item = await getItem(table, reservationKey(job));
  return item && parseReservation(item);
};

/**
 * Those of some jobs for which a budget holds nothing, or not yet for sure. One whose reservation cannot be read is reported and not
 * among them: nothing can be reserved for it.
 */
export const findUnreserved = async <Found extends ReservedJob>(
  table: Table,
  jobs: readonly Found[],
): Promise<Found[]> => {
  const found = await getItems(table, jobs.map(reservationKey), Object.keys(reservationSchema().shape));
  const { parsed, unreadable } = parseEach(table, found, parseReservation);
  const reserved = parsed.filter(({ state }) => state === 'reserved').map((known) => reservationKey(known).pk);
  const done = new Set([...reserved, ...unreadable.map(({ key }) => key.pk)]);
  return jobs.filter((job) => !done.has(reservationKey(job).pk));
};

/** Reservations that recovery is to look at, page by page. */
export async function* overdueReservations(table: Table, pageSize: number): AsyncGenerator<Reservation[]> {
  const before = new Date(table.clock.now()).toISOString();
  const where = condition`#queueState = ${openReservations} AND #queueOrder < ${before}`;
  for await (const { Items = [] } of queryPages(table, { index: 'queue', where, pageSize })) {
    // The index says where to look, the reservation what is.
    const items = await Promise.all(Items.map(({ pk, sk }) => getItem(table, { pk: String(pk), sk: String(sk) })));
    const open = items.flatMap((item) => (item?.['queueState'] === openReservations ? [item] : []));
    yield parseEach(table, open, parseReservation).parsed;
  }
}

/** Erases the reservations of a job that has been erased; one that is not settled stays until it is. */
export const eraseReservations = async (table: Table, jobId: string): Promise<void> => {
  const where = condition`#pk = ${jobPartitions.reservation(jobId)}`;
  for await (const { pk, sk } of queryItems(table, { where, consistent: true })) {
    await removeItem(table, { pk: String(pk), sk: String(sk) }, condition`#state IN (${['settled', 'none']})`);
  }
};

/** How long counters and reservations are kept, in seconds: a year can be compared with the one before. */
export const keptSeconds = 800 * 86_400;

// Longer than any process could still work with one that is settled, or given back.
const closedSeconds = 30 * 86_400;

/**
 * When recovery looks at a reservation, in ms after its last step: longer than any request of the API takes, and than the lease under
 * which a line of a batch becomes a job.
 */
export const checkAfterMs = 20 * 60_000;

// A process that counts needs a few writes for that.
const waitMs = 25;
const maxWaits = 12;

/**
 * Waits for the process that counts at the moment.
 *
 * @returns a function that waits a little, and says false once that process has had its time and may be taken over
 */
export const createPatience = (): ((known: Reservation) => Promise<boolean>) => {
  let waitsFor: string | undefined;
  let waits = 0;
  return async ({ token }) => {
    // Another one has taken over: processes that give each other no time would take over in turns.
    if (token !== waitsFor) waits = 0;
    waitsFor = token;
    waits += 1;
    if (waits > maxWaits) return false;
    await sleep(waitMs);
    return true;
  };
};

/**
 * Writes a reservation as it becomes, if it still is what the process knows of it.
 *
 * @param known undefined if there was none
 * @returns false if another process was faster
 */
export const moveReservation = async (
  table: Table,
  known: Reservation | undefined,
  next: Reservation,
  checkInMs = checkAfterMs,
): Promise<boolean> => {
  const isOpen = next.state !== 'settled' && next.state !== 'none';
  // One that holds nothing needs no recovery: what its job cost is counted with the publication of its end, which is repeated.
  const isListed = isOpen && (next.state !== 'settling' || next.amount > 0);
  const moved = await updateItem(table, reservationKey(next), {
    set: {
      ...next,
      queueState: isListed ? openReservations : undefined,
      queueOrder: isListed ? new Date(table.clock.now() + checkInMs).toISOString() : undefined,
      expiresAt: ttlAfter(table, isOpen ? keptSeconds : closedSeconds),
    },
    when:
      known === undefined
        ? // An expired one counts as gone, and DynamoDB may delete it days later.
          condition`attribute_not_exists(#pk) OR #expiresAt <= ${nowSeconds(table)}`
        : condition`#state = ${known.state} AND #token = ${known.token}`,
  });
  if (moved !== undefined) return true;
  // The answer to an attempt that was carried out may have been lost.
  const found = await getReservation(table, next);
  return found?.state === next.state && found.token === next.token;
};
