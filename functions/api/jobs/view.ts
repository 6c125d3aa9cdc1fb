import type { Job } from '#shared/jobs/job.ts';
import { storedOutputOf } from '#shared/jobs/stored-output.ts';

/** What a list says about each job: everything but its request and its history. */
export const jobSummary = (job: Job): Record<string, unknown> => ({
  jobId: job.jobId,
  status: job.state,
  operation: job.operation,
  modelVersion: job.modelVersion,
  priority: job.priority,
  createdAt: job.createdAt,
  updatedAt: job.updatedAt,
  finishedAt: job.finishedAt,
  outputs: (job.outputs ?? []).map(storedOutputOf),
  error: job.error,
});

/** The gateway's own view of a job, in full. */
export const jobRecord = (job: Job): Record<string, unknown> => ({
  ...jobSummary(job),
  caller: job.caller,
  states: job.history,
  turn: job.turn,
  attempts: job.attempts,
  submitAt: job.submitAt === undefined ? undefined : new Date(job.submitAt).toISOString(),
  cancelRequestedAt: job.cancelRequestedAt,
  upstream: job.upstream && { jobId: job.upstream.jobId, acceptedAt: job.upstream.acceptedAt },
  result: job.result,
  reusedFrom: job.reusedFrom,
  warnings: job.warnings,
  request: JSON.parse(job.request),
});
