import type { Job } from '#shared/jobs/job.ts';
import { type Lane, lookaheadMs } from '#shared/jobs/lanes/lane.ts';
import { claimTrial } from '#shared/jobs/lanes/pauses.ts';
import { claimPermit, type Permit, releasePermits } from '#shared/jobs/lanes/permits.ts';
import { priorityOrder } from '#shared/jobs/lanes/priority-order.ts';
import { nextTurnNumber, recordServedRound } from '#shared/jobs/lanes/rounds.ts';
import { type LaneSnapshot, readLane } from '#shared/jobs/lanes/snapshot.ts';
import { beginTurn } from '#shared/jobs/lanes/turn.ts';
import { type DispatchContext, turnExecutionName } from './context.ts';
import { QueueHeads } from './queue-heads.ts';
import { setAside } from './set-aside.ts';

/** What assigning turns works with. */
export type AssignContext = Pick<DispatchContext, 'table' | 'bus' | 'startTurn' | 'random' | 'log' | 'recordMetric'>;

/**
 * Matches the permits of a lane that come free within the next minute with the heads of its queue and starts a durable
 * execution for each pair. Safe to run any number of times at once: permits and jobs are claimed conditionally.
 *
 * @returns how many executions were started
 */
export const assignTurns = async (context: AssignContext, lane: Lane): Promise<number> => {
  const { table, startTurn, log } = context;
  const snapshot = await readLane(lane);
  const queue = new QueueHeads(lane, snapshot.windows[0]?.permits.length ?? 0);
  let started = 0;
  for (const { permit, submitAt } of await usablePermits(context, lane, snapshot, queue)) {
    if (await queue.isEmpty()) break;
    const held = await claimPermit(lane, permit, submitAt);
    if (held === undefined) continue;
    const turn = { permits: [held], submitAt };
    const begun = await beginNextTurn(context, lane, queue, turn);
    if (begun === 'unknown') continue;
    if (begun === 'no_job') {
      await releasePermits(table, { lane: lane.name, ...turn });
      break;
    }
    await recordServedRound(lane, begun);
    try {
      await startTurn(begun, turnExecutionName(begun));
      started += 1;
    } catch (error) {
      // The next dispatch finds the job scheduled but never started and requeues it.
      log.error('The durable execution of a job could not be started.', { jobId: begun.jobId, error: String(error) });
    }
  }
  return started;
};

const usablePermits = async (
  { table, random }: AssignContext,
  lane: Lane,
  snapshot: LaneSnapshot,
  queue: QueueHeads,
): Promise<{ permit: Permit; submitAt: number }[]> => {
  const { pause, operatorPause, usedToday } = snapshot;
  if (operatorPause !== undefined) return [];
  const now = table.clock.now();
  const start = Math.max(now, pause?.until ?? 0);
  const left = (lane.limits.requestsPerDay ?? Number.POSITIVE_INFINITY) - usedToday;
  if (left <= 0 || start > now + lookaheadMs || (await queue.isEmpty())) return [];
  const permits = snapshot.windows[0]?.permits ?? [];
  const first = Math.floor(random() * permits.length);
  const usable = permits
    .map((_, offset) => permits[(first + offset) % permits.length] as Permit)
    .map((permit) => ({ permit, submitAt: Math.max(permit.freeAt, start) }))
    .filter(({ submitAt }) => submitAt <= now + lookaheadMs)
    .sort((a, b) => a.submitAt - b.submitAt)
    .slice(0, left);
  if (pause !== undefined && pause.level > 0) {
    // Adobe refused everything before the pause: one job tries whether that has changed.
    return usable.length > 0 && start <= now && (await claimTrial(lane)) ? usable.slice(0, 1) : [];
  }
  return usable;
};

/**
 * Begins the turn of the first job that can take it; a job whose record cannot be written is set aside, and the next one comes.
 *
 * @returns `no_job` if none is left, `unknown` if a write failed that may have happened: then the permits stay taken
 */
const beginNextTurn = async (
  context: AssignContext,
  lane: Lane,
  queue: QueueHeads,
  turn: Parameters<typeof beginTurn>[2],
): Promise<Job | 'no_job' | 'unknown'> => {
  const order = priorityOrder(await nextTurnNumber(lane));
  for (let head = await queue.next(order); head !== undefined; head = await queue.next(order)) {
    try {
      const job = await beginTurn(lane, head, turn);
      if (job !== undefined) return job;
    } catch (error) {
      if (!(await setAside(context, head, error))) return 'unknown';
    }
  }
  return 'no_job';
};
