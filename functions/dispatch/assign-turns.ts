import type { Job } from '#shared/jobs/job.ts';
import { type Lane, lookaheadMs, permitCount, plannedWindows, spacingMs } from '#shared/jobs/lanes/lane.ts';
import { claimTrial } from '#shared/jobs/lanes/pauses.ts';
import { releasePermits } from '#shared/jobs/lanes/permits.ts';
import { priorityOrder } from '#shared/jobs/lanes/priority-order.ts';
import { nextTurnNumber, recordServedRound } from '#shared/jobs/lanes/rounds.ts';
import { type LaneSnapshot, readLane } from '#shared/jobs/lanes/snapshot.ts';
import { beginTurn } from '#shared/jobs/lanes/turn.ts';
import { type DispatchContext, turnExecutionName } from './context.ts';
import { QueueHeads } from './queue-heads.ts';
import { setAside } from './set-aside.ts';
import { type PlannedTurn, TurnPlan } from './turn-plan.ts';

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
  const { table, random, startTurn, log } = context;
  const snapshot = await readLane(lane);
  const plan = new TurnPlan(lane, snapshot, random);
  const queue = new QueueHeads(lane, maxTurns(lane), paused);
  const { turns, isTrial } = await countAllowed(lane, snapshot, plan, queue);
  let started = 0;
  for (let begun = 0; begun < turns && !(await queue.isEmpty()); begun += 1) {
    const turn = await plan.claimNext();
    if (turn === undefined) break;
    const job = await beginNextTurn(
      context,
      lane,
      isTrial ? leastRefusedFirst(queue) : (order) => queue.next(order),
      turn,
    );
    if (job === 'unknown') continue;
    if (job === 'no_job') {
      await releasePermits(table, { lane: lane.name, ...turn });
      break;
    }
    try {
      await recordServedRound(lane, job);
    } catch (error) {
      // Later callers start from an older round: a matter of fairness, and no reason to lose the turn.
      log.error('The served round could not be recorded.', { lane: lane.name, error: String(error) });
    }
    try {
      await startTurn(job, turnExecutionName(job));
      started += 1;
    } catch (error) {
      // The next dispatch finds the job scheduled but never started and requeues it.
      log.error('The durable execution of a job could not be started.', { jobId: job.jobId, error: String(error) });
    }
  }
  return started;
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

/**
 * Begins the turn of the first job that can take it; a job whose record cannot be written is set aside, and the next one comes.
 *
 * @returns `no_job` if none is left, `unknown` if a write failed that may have happened: then the permits stay taken
 */
const beginNextTurn = async (
  context: AssignContext,
  lane: Lane,
  next: NextJob,
  turn: PlannedTurn,
): Promise<Job | 'no_job' | 'unknown'> => {
  const order = priorityOrder(await tryToCountTurn(context, lane));
  for (let head = await next(order); head !== undefined; head = await next(order)) {
    try {
      const job = await beginTurn(lane, head, turn);
      if (job !== undefined) return job;
    } catch (error) {
      if (!(await setAside(context, head, error))) return 'unknown';
    }
  }
  return 'no_job';
};

/** The number of the turn decides which priority comes first. Where it cannot be counted, chance decides: the queue goes on. */
const tryToCountTurn = async ({ random, log }: AssignContext, lane: Lane): Promise<number> => {
  try {
    return await nextTurnNumber(lane);
  } catch (error) {
    log.error('A turn could not be counted.', { lane: lane.name, error: String(error) });
    return Math.floor(random() * 10);
  }
};
