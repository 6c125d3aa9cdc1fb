import { cancelUpstream, type PollOutcome, readProgress } from '#shared/adobe/services/job-status.ts';
import { operationOf } from '#shared/adobe/services/registry.ts';
import type { Job } from '#shared/jobs/job.ts';
import type { Parts } from './context.ts';

/** One status call; with a refused token one more after it was replaced. Without a token it tells nothing. */
export const fetchJobStatus = async (
  { tokens, table, log }: Parts,
  job: Pick<Job, 'operation'>,
  statusUrl: string,
): Promise<PollOutcome> => {
  const operation = operationOf(job);
  try {
    const token = await tokens.get();
    const progress = await readProgress(statusUrl, operation, token, table.clock.now);
    if (progress.kind !== 'token_refused') return progress;
    return await readProgress(statusUrl, operation, await tokens.refused(token.versionId), table.clock.now);
  } catch (error) {
    // Whatever keeps us from a token now, the job goes on at Adobe and is asked for again.
    log.error('A job could not be asked for.', { error: String(error) });
    return { kind: 'unavailable' };
  }
};

/**
 * Asks Adobe to cancel a job.
 *
 * @returns false if Adobe could not be told now
 */
export const cancelAtAdobe = async ({ tokens, log }: Parts, cancelUrl: string): Promise<boolean> => {
  try {
    return await cancelUpstream(cancelUrl, await tokens.get());
  } catch (error) {
    log.error('Adobe could not be asked to cancel a job.', { error: String(error) });
    return false;
  }
};
