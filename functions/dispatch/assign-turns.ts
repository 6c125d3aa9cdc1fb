import type { Job } from '#shared/jobs/job.ts';
import { type Lane, lookaheadMs, permitCount, plannedWindows, spacingMs } from '#shared/jobs/lanes/lane.ts';
import { claimTrial } from '#shared/jobs/lanes/pauses.ts';
import { releasePermits } from '#shared/jobs/lanes/permits.ts';
import { priorityOrder } from '#shared/jobs/lanes/priority-order.ts';
import { listShortQueue } from '#shared/jobs/lanes/queue.ts';
import { recordServedRound, takeTurnNumbers } from '#shared/jobs/lanes/rounds.ts';
import { type LaneSnapshot, readLane } from '#shared/jobs/lanes/snapshot.ts';
import { beginTurn } from '#shared/jobs/lanes/turn.ts';
import { type Priority, priorities } from '#shared/priority.ts';
import { type DispatchContext, turnExecutionName } from './context.ts';
import { QueueHeads } from './queue-heads.ts';
import { setAside } from './set-aside.ts';
import { type PlannedTurn, TurnPlan } from './turn-plan.ts';

// Turns that are claimed, begun and started side by side. After a crash the permits of those that were not begun stay taken for a while.
const concurrency = 32;

/** What assigning turns works with. */
export type AssignContext = Pick<DispatchContext, 'table' | 'bus' | 'startTurn' | 'random' | 'log' | 'recordMetric'>;

/**
 * Matches the turns that a lane has room for within the next minute with the heads of its queue and starts a durable
 * execution for each pair. Safe to run any number of times at once: turns and jobs are claimed conditionally.
 *
 * @param paused callers whose jobs get no turns
 * @returns how many executions were started
 */
export const assignTurns = async (
  context: AssignContext,
  lane: Lane,
  paused: ReadonlySet<string> = new Set(),
): Promise<number> => {
  // Most lanes are idle or have a few jobs, and each run asks all of them: one read tells all there is.
  const listed = await listShortQueue(lane, concurrency);
  if (listed?.size === 0) return 0;
  const snapshot = await readLane(lane);
  const plan = new TurnPlan(lane, snapshot, context.random);
  const queue = new QueueHeads(lane, Math.min(concurrency, maxTurns(lane)), { paused, listed });
  const { turns: allowed, isTrial } = await countAllowed(lane, snapshot, plan, queue);
  const next = tryToRead(context, lane, isTrial ? leastRefusedFirst(queue) : (order) => queue.next(order));
  let started = 0;
  for (let begun = 0; begun < allowed && plan.hasRoom; ) {
    const wanted = await queue.count(Math.min(concurrency, allowed - begun));
    if (wanted === 0) break;
    const turns = await plan.claimNext(wanted);
    if (turns === undefined) break;
    begun += turns.length;
    started += await giveTurns(context, lane, next, turns);
  }
  return started;
};

/** Gives turns that are claimed to the next jobs, side by side, and returns how many executions were started. */
const giveTurns = async (
  context: AssignContext,
  lane: Lane,
  next: NextJob,
  turns: readonly PlannedTurn[],
): Promise<number> => {
  if (turns.length === 0) return 0;
  const firstNumber = await tryToCountTurns(context, lane, turns.length);
  const pairs: { turn: PlannedTurn; order: readonly Priority[]; head: Job | undefined }[] = [];
  for (const [index, turn] of turns.entries()) {
    const order = priorityOrder(firstNumber + index);
    pairs.push({ turn, order, head: await next(order) });
  }
  const given = await Promise.all(
    pairs.map(async ({ turn, order, head }) => {
      const job = await beginNextTurn(context, lane, { head, next: () => next(order) }, turn);
      return { job, isStarted: job !== undefined && (await tryToStart(context, job)) };
    }),
  );
  await tryToRecordServed(
    context,
    lane,
    given.flatMap(({ job }) => job ?? []),
  );
  return given.filter(({ isStarted }) => isStarted).length;
};

const tryToStart = async ({ startTurn, log }: AssignContext, job: Job): Promise<boolean> => {
  try {
    await startTurn(job, turnExecutionName(job));
    return true;
  } catch (error) {
    // The next dispatch finds the job scheduled but never started and requeues it.
    log.error('The durable execution of a job could not be started.', { jobId: job.jobId, error: String(error) });
    return false;
  }
};

/** Without it later callers start from an older round: a matter of fairness, and no reason to lose turns. */
const tryToRecordServed = async ({ log }: AssignContext, lane: Lane, jobs: readonly Job[]): Promise<void> => {
  try {
    for (const priority of priorities) {
      const rounds = jobs.filter((job) => job.priority === priority).map(({ round }) => round);
      if (rounds.length > 0) await recordServedRound(lane, { priority, round: Math.max(...rounds) });
    }
  } catch (error) {
    log.error('The served round could not be recorded.', { lane: lane.name, error: String(error) });
  }
};

/** How many turns can come in one run at most. */
const maxTurns = ({ limits }: Lane): number =>
  Math.min(
    ...plannedWindows(limits).map((window) => permitCount(window, limits)),
    Math.ceil(lookaheadMs / (spacingMs(limits) ?? 1)),
  );

/** How many turns pauses and the limit of the day leave, and whether it is the one with which a refusal is tried again. */
const countAllowed = async (
  lane: Lane,
  snapshot: LaneSnapshot,
  plan: TurnPlan,
  queue: QueueHeads,
): Promise<{ turns: number; isTrial: boolean }> => {
  const { pause, operatorPause, usedToday } = snapshot;
  const left = (lane.limits.requestsPerDay ?? Number.POSITIVE_INFINITY) - usedToday;
  if (operatorPause !== undefined || left <= 0 || !plan.hasRoom || (await queue.isEmpty())) {
    return { turns: 0, isTrial: false };
  }
  if (pause === undefined || pause.level === 0) return { turns: left, isTrial: false };
  // Adobe refused everything before the pause: one job tries whether that has changed.
  return { turns: plan.startsNow && (await claimTrial(lane)) ? 1 : 0, isTrial: true };
};

// A trial looks past the jobs that were refused themselves, but not through a whole queue.
const trialCandidates = 25;

/** Takes the jobs near the head in the order of their refusals, so that one which alone is refused holds up no other. */
const leastRefusedFirst = (queue: QueueHeads): NextJob => {
  let candidates: Job[] | undefined;
  return async (order) => {
    if (candidates === undefined) {
      candidates = [];
      for (let job = await queue.next(order); job !== undefined; job = await queue.next(order)) {
        candidates.push(job);
        if ((job.accessRefusals?.all ?? 0) === 0 || candidates.length === trialCandidates) break;
      }
      candidates.sort((one, other) => (one.accessRefusals?.all ?? 0) - (other.accessRefusals?.all ?? 0));
    }
    return candidates.shift();
  };
};

/** Gives the next job in an order of priorities; undefined if none is left. */
type NextJob = QueueHeads['next'];

/** Turns that are claimed must not be lost where the queue cannot be read: they come free, as if it was empty. */
const tryToRead =
  ({ log }: AssignContext, lane: Lane, next: NextJob): NextJob =>
  async (order) => {
    try {
      return await next(order);
    } catch (error) {
      log.error('The queue could not be read.', { lane: lane.name, error: String(error) });
      return undefined;
    }
  };

/**
 * Begins a turn of the first job that can take it; a job whose record cannot be written is set aside, and the next one comes. Without
 * one the permits of the turn are free again.
 *
 * @returns undefined if no job is left, or a write failed that may have happened: then the permits stay taken
 */
const beginNextTurn = async (
  context: AssignContext,
  lane: Lane,
  { head: first, next }: { head: Job | undefined; next: () => Promise<Job | undefined> },
  turn: PlannedTurn,
): Promise<Job | undefined> => {
  for (let head = first; head !== undefined; head = await next()) {
    try {
      const job = await beginTurn(lane, head, turn);
      if (job !== undefined) return job;
    } catch (error) {
      if (!(await setAside(context, head, error))) return undefined;
    }
  }
  try {
    await releasePermits(context.table, { lane: lane.name, ...turn });
  } catch (error) {
    context.log.error('Permits could not be released.', { lane: lane.name, error: String(error) });
  }
  return undefined;
};

/** The number of a turn decides which priority comes first. Where it cannot be counted, chance decides: the queue goes on. */
const tryToCountTurns = async ({ random, log }: AssignContext, lane: Lane, count: number): Promise<number> => {
  try {
    return await takeTurnNumbers(lane, count);
  } catch (error) {
    log.error('Turns could not be counted.', { lane: lane.name, error: String(error) });
    return Math.floor(random() * 10);
  }
};
