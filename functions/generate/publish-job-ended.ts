import { isFinal, type JobState, type Turn } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { publishEnded } from '#shared/outbox/publish-ended.ts';
import type { Parts } from './context.ts';

/** What a turn led to: a final state, back into the queue, or nothing because the job had moved on without it. */
export type TurnEnd = { state: JobState | 'stale' };

/** Publishes the end of the job, whatever wrote it down. */
export const publishJobEnded = async (parts: Parts, { jobId, turn }: Turn): Promise<TurnEnd> => {
  const { table, log } = parts;
  const job = await getJob(table, jobId);
  if (job === undefined || job.turn !== turn || !isFinal(job.state)) return { state: 'stale' };
  await publishEnded(parts, job);
  log.info('job ended', { jobId, state: job.state, turns: turn, attempts: job.attempts, errorCode: job.error?.code });
  return { state: job.state };
};
