import { operationOf } from '#shared/adobe/services/registry.ts';
import { isFinal, type Job, type JobState } from '#shared/jobs/job.ts';

/** Adobe's words for the state of a job (Adobe: `GET /v3/status/{jobId}`). */
export type AdobeStatus = 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'timeout';

const adobeWords: Record<JobState, AdobeStatus> = {
  queued: 'pending',
  scheduled: 'pending',
  submitting: 'pending',
  running: 'running',
  storing: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  timed_out: 'timeout',
};

/**
 * Adobe's result body of a succeeded job, with URLs of the stored outputs in place of Adobe's.
 *
 * @param urls one per output, in the same order
 */
export const generationResult = (job: Job, urls: readonly string[]): Record<string, unknown> => {
  const { result: shape } = operationOf(job);
  return { ...job.result, outputs: (job.outputs ?? []).map((output, index) => shape.write(output, urls[index] ?? '')) };
};

/**
 * Adobe's status body of a job.
 *
 * @param urls one per output of a succeeded job, in the same order
 */
export const statusBody = (job: Job, urls: readonly string[]): Record<string, unknown> => ({
  status: adobeWords[job.state],
  jobId: job.jobId,
  result: job.state === 'succeeded' ? generationResult(job, urls) : undefined,
  error_code: job.error?.code,
  message: job.error?.message,
});

const shortestRetrySeconds = 1;
const longestRetrySeconds = 15;

/**
 * When asking again makes sense, in seconds; undefined once the job has ended. Jobs that have a submit time are asked for
 * then; all others the less often the longer they have been doing the same.
 */
export const retryAfterSeconds = (job: Job, nowMs: number): number | undefined => {
  if (isFinal(job.state)) return undefined;
  const waitMs =
    job.state === 'scheduled' && job.submitAt !== undefined && job.submitAt > nowMs
      ? job.submitAt - nowMs
      : (nowMs - Date.parse(job.updatedAt)) / 4;
  return Math.min(longestRetrySeconds, Math.max(shortestRetrySeconds, Math.ceil(waitMs / 1000)));
};
