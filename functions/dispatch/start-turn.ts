import type { Turn } from '#shared/jobs/job.ts';

/** Starts the durable execution that follows one turn of a job; the same name starts it only once. */
export type StartTurn = (turn: Turn, executionName: string) => Promise<void>;

/**
 * Name of a turn's durable execution (Lambda: at most 64 characters of a-z, A-Z, 0-9, `-`, `_`).
 *
 * @param resumes how often the turn was taken over from an execution that died
 */
export const executionName = ({ jobId, turn }: Turn, resumes = 0): string =>
  resumes === 0 ? `${jobId}-${turn}` : `${jobId}-${turn}-${resumes}`;
