import type { Item } from '../aws/items.ts';
import { type Table, ttlAfter } from '../aws/table.ts';
import type { Job } from '../jobs/job.ts';
import { isRefusedWrite } from '../jobs/set-aside.ts';
import { findActualCost } from '../jobs/stored-cost.ts';
import { decideReservation } from './budget.ts';
import { budgetKey, toBudgetAmounts } from './budget-items.ts';
import { addOnce, decideAddition, type Entry, forgetAddition, notBelowZero } from './counter.ts';
import {
  createPatience,
  getReservation,
  keptSeconds,
  moveReservation,
  newToken,
  parseReservation,
  type Reservation,
  type ReservedJob,
} from './reservation.ts';
import { usageItems } from './usage-items.ts';

/**
 * Counts what an ended job has cost: the budget of its caller gets back what was reserved beyond that, and usage gets the job. Each
 * is added exactly once, however often this is called, and whatever breaks off in between.
 *
 * @param read.reservation the item of its reservation, if it was read after the job had ended: undefined if there was none
 * @returns what it cost, in thousandths of an Operation, if this call counted it
 */
export const settleJob = async (
  table: Table,
  job: Job,
  read?: { reservation: Item | undefined },
): Promise<number | undefined> => {
  const { actual } = findActualCost(job);
  const listEntries = ({ amount, at }: Pick<Reservation, 'amount' | 'at'>) => [
    ...refund(job.caller, at, actual - amount),
    ...usageItems(job, at, actual),
  ];
  const isSettled = await settle(table, job, { madeAt: job.createdAt, listEntries, read });
  return isSettled ? actual : undefined;
};

/** Gives back what was reserved for a job that was never made. */
export const releaseReservation = async (table: Table, job: ReservedJob): Promise<void> => {
  await settle(table, job, { listEntries: ({ amount, at }) => refund(job.caller, at, -amount) });
};

const refund = (caller: string, at: string, difference: number): Entry[] =>
  difference === 0 ? [] : [{ key: budgetKey(caller, at), amounts: toBudgetAmounts(at, difference) }];

/** What is counted for a job. */
interface Settlement {
  /** When the job was made, ISO: counts where nothing was reserved; absent if it never was. */
  madeAt?: string;
  listEntries(held: Pick<Reservation, 'amount' | 'at'>): Entry[];
  /** What was read already; if it has changed since, the first write fails its condition. */
  read?: { reservation: Item | undefined } | undefined;
}

/** @returns whether this call did it */
const settle = async (
  table: Table,
  { jobId, requestHash, caller }: ReservedJob,
  { madeAt, listEntries, read }: Settlement,
): Promise<boolean> => {
  const settled = madeAt === undefined ? 'none' : 'settled';
  const wait = createPatience();
  for (let unused = read; ; unused = undefined) {
    const known = unused
      ? unused.reservation && parseReservation(unused.reservation)
      : await getReservation(table, { jobId, requestHash });
    if (known?.state === 'settled') return false;
    if (known?.state === 'reserving') {
      await decideReservation(table, known);
      continue;
    }
    if (known?.state === 'settling' && (await wait(known))) continue;
    const isHeld = known?.state === 'reserved' || known?.state === 'settling';
    if (!isHeld && madeAt === undefined) return false;
    const own: Reservation = {
      jobId,
      requestHash,
      caller,
      state: 'settling',
      token: newToken(),
      earlier: known?.state === 'settling' ? [...known.earlier, known.token] : [],
      at: isHeld ? known.at : String(madeAt),
      amount: isHeld ? known.amount : 0,
    };
    if (!(await moveReservation(table, known, own))) continue;
    const entries = listEntries(own);
    const counted = await addAll(table, own, entries);
    if (counted === undefined) continue;
    if (!(await moveReservation(table, own, { ...own, state: settled }))) continue;
    // Marks of processes that were taken over stay: one of them may still wait for its answer and ask again.
    for (const { key } of counted) await forgetAddition(table, { key, token: own.token });
    return true;
  }
};

/** @returns the entries that are counted; undefined if another process took over */
const addAll = async (
  table: Table,
  reservation: Reservation,
  entries: readonly Entry[],
): Promise<Entry[] | undefined> => {
  const counted: Entry[] = [];
  for (const entry of entries) {
    try {
      if (!(await addOne(table, reservation, entry))) return undefined;
      counted.push(entry);
    } catch (error) {
      // DynamoDB takes no such key: tried again for ever, it would keep the rest from being counted.
      if (!isRefusedWrite(error)) throw error;
    }
  }
  return counted;
};

/** @returns false if another process took over */
const addOne = async (table: Table, { token, earlier }: Reservation, { key, amounts }: Entry): Promise<boolean> => {
  const expiresAt = ttlAfter(table, keptSeconds);
  for (const other of earlier) {
    if ((await decideAddition(table, { key, token: other }, expiresAt)) === 'added') return true;
  }
  const { outcome } = await addOnce(table, { key, token }, { amounts, when: notBelowZero(amounts), expiresAt });
  return outcome !== 'void';
};
