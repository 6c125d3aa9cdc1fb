import type { Table } from '#shared/aws/table.ts';
import { type Job, type Priority, priorities } from '#shared/jobs/job.ts';
import { priorityOrder } from '#shared/jobs/priority-order.ts';
import { headOfQueue, nextTurnNumber, recordServedRound } from '#shared/jobs/queue.ts';
import {
  claimPermit,
  claimTrial,
  lookaheadMs,
  type Permit,
  type QuotaLimits,
  type QuotaSnapshot,
  readQuota,
  releasePermit,
} from '#shared/jobs/quota.ts';
import { beginTurn } from '#shared/jobs/turn.ts';
import { type SetAside, setAside } from './set-aside.ts';
import { executionName, type StartTurn } from './start-turn.ts';

/** What dispatch works with. */
export interface AssignPermits extends SetAside {
  limits: QuotaLimits;
  startTurn: StartTurn;
  /** Spreads concurrent dispatchers over the permits; between 0 and 1. */
  random?: () => number;
}

/**
 * Matches the permits that come free within the next minute with the heads of the queue and starts a durable execution
 * for each pair. Safe to run any number of times at once: permits and jobs are claimed conditionally.
 *
 * @returns how many executions were started
 */
export const assignPermits = async (parts: AssignPermits): Promise<number> => {
  const { table, limits, startTurn, log, random = Math.random } = parts;
  const quota = await readQuota(table, limits);
  const queue = new QueueHeads(table, limits.requestsPerMinute);
  let started = 0;
  for (const { permit, submitAt } of await usablePermits(table, limits, quota, queue, random)) {
    if (await queue.isEmpty()) break;
    if (!(await claimPermit(table, limits, permit, submitAt))) continue;
    const begun = await beginNextTurn(parts, queue, permit, submitAt);
    if (begun === 'unknown') continue;
    if (begun === 'nobody') {
      await releasePermit(table, limits, permit.index, submitAt);
      break;
    }
    const job = begun;
    await recordServedRound(table, job);
    try {
      await startTurn(job, executionName(job));
      started += 1;
    } catch (error) {
      // The next dispatch finds the job scheduled but never started and puts it back.
      log.error('The durable execution of a job could not be started.', { jobId: job.jobId, error: String(error) });
    }
  }
  return started;
};

const usablePermits = async (
  table: Table,
  limits: QuotaLimits,
  quota: QuotaSnapshot,
  queue: QueueHeads,
  random: () => number,
): Promise<{ permit: Permit; submitAt: number }[]> => {
  if (quota.operatorPause !== undefined) return [];
  const now = table.clock.now();
  const start = Math.max(now, quota.pause?.until ?? 0);
  const left = limits.requestsPerDay - quota.usedToday;
  if (left <= 0 || start > now + lookaheadMs || (await queue.isEmpty())) return [];
  const first = Math.floor(random() * quota.permits.length);
  const usable = quota.permits
    .map((_, offset) => quota.permits[(first + offset) % quota.permits.length] as Permit)
    .map((permit) => ({ permit, submitAt: Math.max(permit.freeAt, start) }))
    .filter(({ submitAt }) => submitAt <= now + lookaheadMs)
    .sort((a, b) => a.submitAt - b.submitAt)
    .slice(0, left);
  if (quota.pause !== undefined && quota.pause.level > 0) {
    // Adobe refused everything before the pause: one job tries whether that has changed.
    return usable.length > 0 && start <= now && (await claimTrial(table, limits)) ? usable.slice(0, 1) : [];
  }
  return usable;
};

/**
 * Begins the turn of the first job that can take it; a job whose record cannot be written is set aside, and the next one comes.
 *
 * @returns `nobody` if no job is left, `unknown` if a write failed that may have happened: then the permit stays taken
 */
const beginNextTurn = async (
  parts: AssignPermits,
  queue: QueueHeads,
  permit: Permit,
  submitAt: number,
): Promise<Job | 'nobody' | 'unknown'> => {
  const order = priorityOrder(await nextTurnNumber(parts.table));
  for (let head = await queue.next(order); head !== undefined; head = await queue.next(order)) {
    try {
      const job = await beginTurn(parts.table, head, permit, submitAt);
      if (job !== undefined) return job;
    } catch (error) {
      if (!(await setAside(parts, head, error))) return 'unknown';
    }
  }
  return 'nobody';
};

/** The heads of the queue by priority, read as late as possible and each handed out once. */
class QueueHeads {
  readonly #table: Table;
  readonly #pageSize: number;
  readonly #heads = new Map<Priority, Job[]>();

  constructor(table: Table, pageSize: number) {
    this.#table = table;
    // The index lags behind: heads that others have just claimed still stand in it.
    this.#pageSize = 3 * pageSize;
  }

  async isEmpty(): Promise<boolean> {
    for (const priority of priorities) if ((await this.#load(priority)).length > 0) return false;
    return true;
  }

  async next(order: readonly Priority[]): Promise<Job | undefined> {
    for (const priority of order) {
      const job = (await this.#load(priority)).shift();
      if (job !== undefined) return job;
    }
    return undefined;
  }

  async #load(priority: Priority): Promise<Job[]> {
    const known = this.#heads.get(priority);
    if (known !== undefined) return known;
    const jobs = await headOfQueue(this.#table, priority, this.#pageSize);
    this.#heads.set(priority, jobs);
    return jobs;
  }
}
