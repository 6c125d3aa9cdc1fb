import type { Job, Turn } from './job.ts';

/** What the execution of a turn is started with. */
export interface StartedTurn extends Turn {
  /** The plan of the turn of a job without inputs; without it the execution plans its turn in a step of its own. */
  submit?: PlannedSubmit;
}

/** The lane and the submit time (epoch ms) of a turn, and whether that is so far that its execution is suspended until then. */
export interface PlannedSubmit {
  lane: string;
  submitAt: number;
  isFar: boolean;
}

// What is sooner is waited for in the process.
const nearMs = 2_000;
// An execution that starts late still has time left to be suspended for, as a rule.
const farMs = 10_000;

/**
 * What the execution of a job's turn is started with: of one without inputs all that there is to plan, which saves a step of it. Where a
 * late start may leave no time to be suspended for, the execution plans by itself.
 */
export const toStartedTurn = (job: Job): StartedTurn => {
  const { jobId, turn, state, hasInputs, lane, submitAt, updatedAt } = job;
  if (state !== 'scheduled' || hasInputs !== false || submitAt === undefined) return { jobId, turn };
  const aheadMs = submitAt - Date.parse(updatedAt);
  const isFar = aheadMs >= farMs;
  return isFar || aheadMs < nearMs ? { jobId, turn, submit: { lane, submitAt, isFar } } : { jobId, turn };
};
