import { cancelUpstream, type JobProgress, readProgress } from '#shared/adobe/firefly/status.ts';
import type { Parts } from './parts.ts';

/** One status call; with a refused token one more after it was replaced. Without a token it tells nothing. */
export const askAdobe = async ({ tokens, table, log }: Parts, statusUrl: string): Promise<JobProgress> => {
  try {
    const token = await tokens.get();
    const progress = await readProgress(statusUrl, token, table.clock.now);
    if (progress.kind !== 'token_refused') return progress;
    return await readProgress(statusUrl, await tokens.refused(token.versionId), table.clock.now);
  } catch (error) {
    // Whatever keeps us from a token now, the job goes on at Adobe and is asked for again.
    log.error('A job could not be asked for.', { error: String(error) });
    return { kind: 'no_word' };
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
