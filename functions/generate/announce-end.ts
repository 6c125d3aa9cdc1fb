import { dispatchNow } from '#shared/aws/invoke-dispatch.ts';
import { announce } from '#shared/jobs/events.ts';
import { isFinal, type JobState, type Turn } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import type { Parts } from './context.ts';

/** What a turn led to: a final state, back into the queue, or nothing because the job had moved on without it. */
export type TurnEnd = { state: JobState | 'stale' };

/** Announces the end of the job, whoever wrote it down; after the last of a batch its report is asked for at once. */
export const announceEnd = async (parts: Parts, { jobId, turn }: Turn): Promise<TurnEnd> => {
  const { table, bus, log } = parts;
  const job = await getJob(table, jobId);
  if (job === undefined || job.turn !== turn || !isFinal(job.state)) return { state: 'stale' };
  if (await announce(table, bus, job)) await dispatchNow(parts);
  log.info('job ended', { jobId, state: job.state, turns: turn, attempts: job.attempts, errorCode: job.error?.code });
  return { state: job.state };
};
