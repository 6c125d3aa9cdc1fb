import { isDeepStrictEqual } from 'node:util';
import type { Table } from '../../aws/table.ts';
import type { HeldPermit, Job, JobError, JobState, Turn } from '../job.ts';
import { getJob } from '../job-store.ts';
import { endJob, transition } from '../transitions.ts';
import { countSubmit } from './daily-count.ts';
import { type Lane, submitSpanMs } from './lane.ts';
import { delayAfterLostMs, maxLostTurns, neverSubmitted } from './lost-turns.ts';
import { isPaused, readTurnPauses } from './pauses.ts';
import { releasePermits } from './permits.ts';
import { type ClaimedSlots, claimSlots, releaseSlots, type Sleep } from './slots.ts';

// A submit takes at most a minute; a job that is still submitting after this lost its durable execution.
const submittingMs = 5 * 60_000;

/**
 * Gives a queued job its next turn: it may be submitted from `submitAt` (epoch ms) on, under the given permits.
 *
 * @returns undefined if the job is not queued any more; the permits can then serve another
 */
export const beginTurn = async (
  { table, limits }: Lane,
  job: Job,
  { permits, submitAt }: { permits: HeldPermit[]; submitAt: number },
): Promise<Job | undefined> => {
  const turn = job.turn + 1;
  const submitBy = submitAt + submitSpanMs(limits);
  const begun = await transition(table, job, {
    from: ['queued'],
    to: 'scheduled',
    order: new Date(submitBy).toISOString(),
    changes: { turn, submitAt, submitBy, permits },
  });
  if (begun !== undefined) return begun;
  // It may be our own write that stands there, with its answer lost: were its permits given to a second job now, the first
  // would release them later and let a third one in.
  const current = await getJob(table, job.jobId);
  const isOurs =
    current?.state === 'scheduled' &&
    current.turn === turn &&
    current.submitAt === submitAt &&
    isDeepStrictEqual(current.permits, permits);
  return isOurs ? current : undefined;
};

/**
 * Whether a turn may be used now. `passed`: its permits come free with the answer, see {@link settlePermits}. `stale`: another turn or state has taken the job over. The rest:
 * the turn has to be given up.
 */
export type FenceVerdict =
  | { kind: 'passed'; job: Job; trialLevel: number; permits: HeldPermit[] }
  | { kind: 'stale' }
  | { kind: 'give_up'; job: Job; reason: 'early' | 'late' | 'paused' | 'caller_paused' | 'daily_limit' | 'no_slot' };

/** What a turn comes to the fence with. */
export interface Approach {
  /** The job as it was read within this turn, so that it need not be read again: what has changed since fails the fence's write. */
  read?: Job;
  /** What the request is known by, should its answer be lost; it is written down with the passing. */
  incoming?: Job['incoming'];
}

/**
 * The last check before a submit: same turn, neither lane nor caller paused, submitAt <= now <= submitBy, day's limit not reached. Whatever was late or doubled before it, no more than N submits pass it in any planned
 * window, and no more than N arrive in any window of seconds: for these it waits until their slots are free.
 * The caller submits at once, and never twice on one verdict.
 */
export const passFence = async (
  lane: Lane,
  { jobId, turn }: Turn,
  { read, incoming }: Approach = {},
  sleep?: Sleep,
): Promise<FenceVerdict> => {
  const { table } = lane;
  const job = read ?? (await getJob(table, jobId));
  if (job === undefined || job.state !== 'scheduled' || job.turn !== turn) return { kind: 'stale' };
  const { submitAt = Number.POSITIVE_INFINITY, submitBy = 0 } = job;
  if (table.clock.now() < submitAt) return { kind: 'give_up', job, reason: 'early' };
  if (table.clock.now() > submitBy) return { kind: 'give_up', job, reason: 'late' };
  const slots = await claimSlots(lane, submitBy, sleep);
  if (slots === undefined) return { kind: 'give_up', job, reason: 'no_slot' };
  const verdict = await passWithSlots(lane, job, slots, incoming);
  if (verdict.kind !== 'passed') await releaseSlots(lane, slots);
  return verdict;
};

const passWithSlots = async (
  lane: Lane,
  job: Job,
  slots: ClaimedSlots,
  incoming: Job['incoming'],
): Promise<FenceVerdict> => {
  const { table } = lane;
  const { submitBy = 0 } = job;
  const { callerPause, ...pauses } = await readTurnPauses(lane, job.caller);
  if (isPaused(pauses, table.clock.now())) return { kind: 'give_up', job, reason: 'paused' };
  if (callerPause?.state === 'paused') return { kind: 'give_up', job, reason: 'caller_paused' };
  // Counted before the job moves: a crash in between wastes one of the day's submits, the other order could exceed them.
  if (!(await countSubmit(lane))) return { kind: 'give_up', job, reason: 'daily_limit' };
  const submitting = await transition(table, job, {
    from: ['scheduled'],
    to: 'submitting',
    order: new Date(table.clock.now() + submittingMs).toISOString(),
    changes: { lostTurns: undefined, incoming },
  });
  if (submitting === undefined) return afterLostWrite(table, job);
  // The write itself may have been slow.
  if (table.clock.now() > submitBy) return { kind: 'give_up', job: submitting, reason: 'late' };
  return {
    kind: 'passed',
    job: submitting,
    trialLevel: pauses.pause?.level ?? 0,
    permits: [...(job.permits ?? []), ...slots.slots],
  };
};

/** The write failed its condition; if it is our own write that stands there, only its answer was lost, and time with it. */
const afterLostWrite = async (table: Table, { jobId, turn }: Job): Promise<FenceVerdict> => {
  const job = await getJob(table, jobId);
  return job?.state === 'submitting' && job.turn === turn
    ? { kind: 'give_up', job, reason: 'late' }
    : { kind: 'stale' };
};

/** How a turn ended without a result. */
export interface Requeue {
  /** Whether Adobe may have seen a request in this turn; if not, its permits are free again. */
  sent: boolean;
  /** Why the turn was lost, where the reason lies with the job: it ended before its submit. */
  lost?: JobError;
  /** What the turn taught: attempts, refused tokens. */
  changes?: Partial<Job>;
}

/**
 * Puts a job back into the queue at its old rank, after a delay if it keeps losing its turns. It ends instead if its caller has asked
 * for that meanwhile, or if too many of its turns were lost.
 *
 * @returns the job as it is then; undefined if another turn or state has taken it over
 */
export const requeue = async (
  table: Table,
  job: Job,
  { sent, lost, changes = {} }: Requeue,
): Promise<Job | undefined> => {
  const from: JobState[] = [job.state];
  const lostTurns = (job.lostTurns ?? 0) + (lost === undefined ? 0 : 1);
  const moved =
    lost !== undefined && lostTurns >= maxLostTurns
      ? await endJob(table, job, from, { to: 'failed', error: neverSubmitted(lost) })
      : ((await putBack(table, job, lost === undefined ? changes : { ...changes, lostTurns, error: lost })) ??
        (await endJob(table, job, from, { to: 'cancelled' })));
  if (moved !== undefined && !sent) await releasePermits(table, job);
  return moved;
};

const putBack = (table: Table, job: Job, changes: Partial<Job>): Promise<Job | undefined> => {
  const delayMs = changes.lostTurns === undefined ? 0 : delayAfterLostMs(changes.lostTurns);
  const delayedUntil = delayMs === 0 ? undefined : new Date(table.clock.now() + delayMs).toISOString();
  return transition(table, job, {
    from: [job.state],
    to: 'queued',
    order: delayedUntil ?? job.rank,
    isDelayed: delayedUntil !== undefined,
    changes: { ...changes, delayedUntil, submitAt: undefined, submitBy: undefined, permits: undefined },
    unlessCancelRequested: true,
  });
};
