import { eraseObjects } from '#shared/aws/erase-objects.ts';
import { incomingFolder } from '#shared/deployment/bucket.ts';
import type { FinalState, Job } from '#shared/jobs/job.ts';
import type { GenerateContext } from './context.ts';
import { isSynchronous } from './kept-answer.ts';

/**
 * Erases every version of what Adobe wrote for a job that has ended, or of the answer that was kept for it. A life-cycle rule removes
 * what a crash leaves, and what Adobe wrote for a job that failed: it may still be writing.
 */
export const clearIncoming = async (
  { s3, buckets, log }: Pick<GenerateContext, 's3' | 'buckets' | 'log'>,
  job: Job,
  end: FinalState,
): Promise<void> => {
  const isWritten = isSynchronous(job) || (end === 'succeeded' && (job.incoming ?? 0) > 0);
  if (!isWritten) return;
  try {
    await eraseObjects(s3, buckets.own, incomingFolder(job));
  } catch (error) {
    log.warn('What a job received stays under its incoming keys until the life-cycle rule removes it.', {
      jobId: job.jobId,
      error: String(error),
    });
  }
};
