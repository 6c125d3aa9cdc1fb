import type { Job } from './jobs.ts';

/** What a job is doing at a moment. `status` is Adobe's word, or a fault's. */
export interface JobState {
  phase: 'waiting' | 'succeeded' | 'failed' | 'cancelled' | 'timeout';
  status: string;
  /** Percent, while running. */
  progress?: number;
}

/**
 * The state of a job.
 *
 * @param now epoch ms
 */
export const jobState = (job: Omit<Job, 'operation'>, now: number): JobState => {
  if (job.cancelledAt !== undefined) return { phase: 'cancelled', status: 'cancelled' };
  if (now < job.runningAt) return { phase: 'waiting', status: 'pending' };
  if (now < job.endsAt) {
    const progress = Math.floor((100 * (now - job.runningAt)) / (job.endsAt - job.runningAt));
    return { phase: 'waiting', status: job.fault?.runningWord ?? 'running', progress };
  }
  const outcome = job.fault?.outcome ?? 'succeeded';
  switch (outcome) {
    case 'cancel_pending':
      return now < job.endsAt + (job.fault?.cancelPendingMs ?? 0)
        ? { phase: 'waiting', status: 'cancel_pending' }
        : { phase: 'cancelled', status: 'cancelled' };
    case 'cancelled':
    case 'canceled':
      return { phase: 'cancelled', status: outcome };
    default:
      return { phase: outcome, status: outcome };
  }
};
