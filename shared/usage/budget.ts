import { allOf, Condition } from '../aws/expressions.ts';
import type { Item } from '../aws/items.ts';
import { getItem, type Table, ttlAfter } from '../aws/table.ts';
import { jobKey } from '../jobs/job-store.ts';
import {
  type Budget,
  type BudgetRule,
  budgetAttributes,
  budgetKey,
  budgetPeriods,
  hasLimits,
  toBudgetAmounts,
} from './budget-items.ts';
import { recordThresholds } from './budget-threshold.ts';
import { addOnce, decideAddition, forgetAddition } from './counter.ts';
import {
  createPatience,
  getReservation,
  keptSeconds,
  moveReservation,
  newToken,
  type Reservation,
  type ReservedJob,
} from './reservation.ts';

/** What became of a reservation. */
export type Reserved =
  | { kind: 'reserved' /** The caller's counter afterwards, if this call counted. */; counter?: Item; at?: string }
  | Refused;

/** A budget has no room. */
export interface Refused {
  kind: 'refused';
  rule: BudgetRule;
  limit: number;
  /** Epoch ms; undefined if the job costs more than the budget has. */
  retryAt?: number;
}

/**
 * Reserves what a job is expected to cost, before the job exists: first the reservation is written, then the amount is added
 * to the counters of its caller in one conditional write, so that no number of requests at once exceeds a budget. Repeated for
 * the same request it finds what was reserved.
 *
 * @param cost.amount thousandths of an Operation
 * @param cost.madeAt when the job was made, ISO, if it is there already: names the day for which it counts
 * @param release gives back what is held for a job that was not made
 */
export const reserve = async (
  table: Table,
  job: ReservedJob,
  { amount, madeAt }: { amount: number; madeAt?: string | undefined },
  budget: Budget,
  release: (table: Table, job: ReservedJob) => Promise<void>,
): Promise<Reserved> => {
  const wait = createPatience();
  for (;;) {
    const known = await getReservation(table, job);
    if (known?.state === 'reserved') return { kind: 'reserved' };
    if (known?.state === 'settling' || known?.state === 'settled') {
      // The record of a settled job may have expired or been erased: then this request makes a new one.
      if ((await getItem(table, jobKey(job.jobId))) !== undefined) return { kind: 'reserved' };
      // What is being given back is held no longer.
      if (known.state === 'settling') {
        if (!(await wait(known))) await release(table, job);
        continue;
      }
    }
    if (known?.state === 'reserving') {
      if (!(await wait(known))) await decideReservation(table, known);
      continue;
    }
    const at = madeAt ?? new Date(table.clock.now()).toISOString();
    const exceeded = await findExceededBudget(table, job.caller, amount, budget, at);
    if (exceeded !== undefined) return exceeded;
    const own: Reservation = {
      ...pickJob(job),
      state: 'reserving',
      token: newToken(),
      earlier: [],
      at,
      amount,
      budget: pickBudget(budget),
    };
    if (!(await moveReservation(table, known, own))) continue;
    const counted = await count(table, own, budget);
    if (counted !== undefined) return counted;
  }
};

const pickJob = ({ jobId, requestHash, caller }: ReservedJob): ReservedJob => ({ jobId, requestHash, caller });

// A policy has other rules as well.
const pickBudget = ({ operationsPerDay, operationsPerMonth }: Budget): Budget => ({
  operationsPerDay,
  operationsPerMonth,
});

/** @returns undefined if another process took over */
const count = async (table: Table, own: Reservation, budget: Budget): Promise<Reserved | undefined> => {
  const { caller, at, amount, token } = own;
  const addition = { key: budgetKey(caller, at), token };
  const { outcome, counter } = await addOnce(table, addition, {
    amounts: toBudgetAmounts(at, amount),
    when: withinBudget(at, amount, budget),
    expiresAt: ttlAfter(table, keptSeconds),
  });
  if (outcome === 'void') return undefined;
  if (outcome === 'refused') {
    const isOwn = await moveReservation(table, own, { ...own, state: 'none' });
    return isOwn ? findExceeded(at, amount, budget, counter) : undefined;
  }
  await recordThresholds(table, own, counter);
  const isOwn = await moveReservation(table, own, { ...own, state: 'reserved' });
  if (!isOwn) return undefined;
  await forgetAddition(table, addition);
  return { kind: 'reserved', counter, at };
};

/** Finds out whether the amount of a reservation was counted whose process broke off, and writes that down. */
export const decideReservation = async (table: Table, known: Reservation): Promise<void> => {
  const { caller, at, token } = known;
  const addition = { key: budgetKey(caller, at), token };
  const mark = await decideAddition(table, addition, ttlAfter(table, keptSeconds));
  if (mark === 'added') await recordThresholds(table, known, (await getItem(table, addition.key)) ?? {});
  await moveReservation(table, known, { ...known, state: mark === 'added' ? 'reserved' : 'none' });
};

const rules = Object.keys(budgetPeriods) as BudgetRule[];

const withinBudget = (at: string, amount: number, budget: Budget): Condition | undefined => {
  const [first, ...others] = rules.flatMap((rule) => {
    const limit = budget[rule];
    if (limit === undefined) return [];
    const attribute = budgetAttributes(at)[rule];
    return [new Condition([`attribute_not_exists(#${attribute}) OR #${attribute} <= `, ''], [limit * 1_000 - amount])];
  });
  return first && allOf(first, ...others);
};

const findTooSmall = (budget: Budget, amount: number): Refused | undefined => {
  for (const rule of rules) {
    const limit = budget[rule];
    if (limit !== undefined && amount > limit * 1_000) return { kind: 'refused', rule, limit };
  }
  return undefined;
};

/**
 * The budget of a caller that has no room for an amount, as things stand; nothing is reserved.
 *
 * @param amount thousandths of an Operation
 * @param at ISO time, now by default
 */
export const findExceededBudget = async (
  table: Table,
  caller: string,
  amount: number,
  budget: Budget,
  at = new Date(table.clock.now()).toISOString(),
): Promise<Refused | undefined> =>
  findTooSmall(budget, amount) ?? (await findUsedUp(table, caller, at, amount, budget));

/** A budget that is used up costs a request nothing but this look; whether there is enough left is decided by the write. */
const findUsedUp = async (
  table: Table,
  caller: string,
  at: string,
  amount: number,
  budget: Budget,
): Promise<Refused | undefined> => {
  if (!hasLimits(budget)) return undefined;
  const counter = (await getItem(table, budgetKey(caller, at))) ?? {};
  const isUsedUp = rules.some((rule) => {
    const limit = budget[rule];
    return limit !== undefined && Number(counter[budgetAttributes(at)[rule]] ?? 0) + amount > limit * 1_000;
  });
  return isUsedUp ? findExceeded(at, amount, budget, counter) : undefined;
};

/** Names the rule that holds longest. */
const findExceeded = (at: string, amount: number, budget: Budget, counter: Item): Refused => {
  const { operationsPerDay = 0, operationsPerMonth } = budget;
  const spent = Number(counter[budgetAttributes(at).operationsPerMonth] ?? 0);
  return operationsPerMonth !== undefined && spent + amount > operationsPerMonth * 1_000
    ? { kind: 'refused', rule: 'operationsPerMonth', limit: operationsPerMonth, retryAt: startOfNextMonth(at) }
    : { kind: 'refused', rule: 'operationsPerDay', limit: operationsPerDay, retryAt: startOfNextDay(at) };
};

const startOfNextDay = (at: string): number => Date.parse(`${at.slice(0, 10)}T00:00:00.000Z`) + 86_400_000;

/** When the next UTC month begins, in epoch ms. */
export const startOfNextMonth = (at: string): number => {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
};
