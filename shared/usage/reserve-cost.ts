import type { Table } from '../aws/table.ts';
import { PolicyRefusal } from '../callers/policy-refusal.ts';
import type { Clock } from '../clock.ts';
import type { NewJob } from '../jobs/job.ts';
import { findExceededBudget, type Refused, type Reserved, reserve } from './budget.ts';
import { type Budget, budgetPeriods, hasLimits } from './budget-items.ts';
import { reserveOpenJobs } from './open-jobs.ts';
import type { ReservedJob } from './reservation.ts';
import { releaseReservation } from './settlement.ts';

/** The code of a refusal that the next request may not meet: the budget is new, and not all open jobs are reserved yet. */
export const budgetPending = 'budget_pending';

// Each request goes on with the open jobs.
const pendingRetryMs = 1_000;

/**
 * Reserves what a new job is expected to cost, before anything else of it exists. Without a budget nothing is reserved: what the job
 * costs is counted at its end, and reserved should its caller be given a budget before. Counting the open jobs for a new budget, or waiting
 * for another call that does, may take three seconds and more; with those counted, the call takes a few writes.
 *
 * @param policy.since tells this budget from one that the caller had before; see {@link reserveOpenJobs}
 * @returns why that cannot be, or undefined; {@link budgetPending}, usually after three seconds or more, if the call has to be repeated first
 */
export const reserveCost = async (
  table: Table,
  job: Pick<NewJob, 'jobId' | 'requestHash' | 'caller' | 'cost'>,
  policy: Budget & { since?: string },
): Promise<PolicyRefusal | undefined> => {
  if (!hasLimits(policy)) return undefined;
  const isKnown = await reserveOpenJobs(table, job.caller, policy.since, ({ createdAt, ...open }) =>
    reserveAmount(table, open, open.cost?.estimated ?? 0, {}, createdAt),
  );
  const amount = job.cost?.estimated ?? 0;
  if (!isKnown) {
    // What is reserved so far may be too much already.
    return (await findCostRefusal(table, job.caller, { estimated: amount }, policy)) ?? toPending(policy, table.clock);
  }
  const reserved = await reserveAmount(table, job, amount, policy);
  return reserved.kind === 'refused' ? toRefusal(reserved, amount / 1_000) : undefined;
};

/**
 * Why what a job would cost could not be reserved, as things stand now; nothing is reserved.
 *
 * @returns undefined if it could be
 */
export const findCostRefusal = async (
  table: Table,
  caller: string,
  { estimated }: Pick<NonNullable<NewJob['cost']>, 'estimated'>,
  budget: Budget,
): Promise<PolicyRefusal | undefined> => {
  const exceeded = await findExceededBudget(table, caller, estimated, budget);
  return exceeded && toRefusal(exceeded, estimated / 1_000);
};

/** Reserves thousandths of an Operation for a job: see {@link reserve}. */
export const reserveAmount = (
  table: Table,
  job: ReservedJob,
  amount: number,
  budget: Budget,
  madeAt?: string,
): Promise<Reserved> => reserve(table, job, { amount, madeAt }, budget, releaseReservation);

/** Gives back what was reserved for a job that is certainly not made. */
export const returnCost = releaseReservation;

const toPending = (budget: Budget, clock: Clock): PolicyRefusal => {
  const rule = budget.operationsPerDay === undefined ? 'operationsPerMonth' : 'operationsPerDay';
  const message = `Your policy limits what your jobs cost (rule ${rule}), and your many open jobs are still being counted for that: repeat the request.`;
  return new PolicyRefusal(rule, message, { code: budgetPending, status: 429, retryAt: clock.now() + pendingRetryMs });
};

const toRefusal = ({ rule, limit, retryAt }: Refused, cost: number): PolicyRefusal => {
  const allowed = `Your policy allows ${limit} Operations a ${budgetPeriods[rule]} (rule ${rule})`;
  if (retryAt === undefined) {
    return new PolicyRefusal(rule, `${allowed}, and the request costs ${cost}: ask for fewer outputs.`, {
      status: 422,
    });
  }
  const next = new Date(retryAt).toISOString();
  const message = `${allowed}, and the request, which costs ${cost}, would exceed that; the next ${budgetPeriods[rule]} begins at ${next}.`;
  return new PolicyRefusal(rule, message, { status: 429, retryAt });
};
