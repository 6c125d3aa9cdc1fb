import { type Answer, json } from '../http/answer.ts';
import { type JobState, jobState } from './job-state.ts';
import type { Job } from './jobs.ts';

/** Makes the URL of one output of a job that has succeeded. */
export type OutputUrl = (job: Job, output: number) => string;

const defaultErrors: Partial<Record<JobState['phase'], { error_code: string; message: string }>> = {
  failed: { error_code: 'runtime_error', message: 'The images could not be generated' },
  cancelled: { error_code: 'job_canceled', message: 'The job was cancelled' },
  timeout: { error_code: 'job_timeout', message: 'The job timed out' },
};

/**
 * The status body of a job, in the shape of Adobe's `JobResponse`.
 *
 * @param now epoch ms
 * @param cancelledWord how a job that was cancelled by request is spelled
 */
export const statusAnswer = (
  job: Job,
  now: number,
  outputUrl: OutputUrl,
  cancelledWord: 'cancelled' | 'canceled',
): Answer => {
  const { phase, status: word, progress } = jobState(job, now);
  const status = word === 'cancelled' ? cancelledWord : word;
  if (phase === 'succeeded') return json(200, { status, jobId: job.jobId, result: resultOf(job, outputUrl) });
  const jobId = phase === 'waiting' && job.fault?.bareJobId ? job.uuid : job.jobId;
  if (phase === 'waiting') return json(200, { status, jobId, progress });
  const error = {
    ...defaultErrors[phase],
    ...(job.fault?.errorCode && { error_code: job.fault.errorCode }),
    ...(job.fault?.message && { message: job.fault.message }),
  };
  return json(200, { status, jobId, ...error });
};

/** The `result` of a job that has succeeded. */
export const resultOf = (job: Job, outputUrl: OutputUrl) =>
  job.operation.result({
    request: job.request,
    size: job.plan.size,
    outputs: job.seeds
      .map((seed, output) => ({ seed, url: outputUrl(job, output), id: `${job.uuid}-${output}` }))
      .slice(job.fault?.filteredOutputs ?? 0),
  });
