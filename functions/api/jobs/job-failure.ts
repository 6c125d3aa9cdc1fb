import type { Job } from '#shared/jobs/job.ts';
import { ProblemError } from '../http/problem.ts';

// Adobe reports these as HTTP 451 when it answers at once, and in a status body with HTTP 200 when it finds out later.
const contentPolicyCodes = [
  'legal_error',
  'prompt_unsafe',
  'prompt_entity_denied',
  'image_unsafe',
  'video_unsafe',
  'reference_image_unsafe_error',
  'input_media_unsafe',
];

const statusOfCode: Record<string, number> = {
  ...Object.fromEntries(contentPolicyCodes.map((code) => [code, 451])),
  bad_request: 400,
  validation_error: 422,
  cai_assertion_violation_error: 422,
};

/**
 * The error answer of a synchronous call whose job did not succeed: Adobe's status and code where Adobe gave them.
 *
 * @param headers lead to the job, whose record says more
 */
export const problemOfJob = (job: Job, headers: Record<string, string>): ProblemError => {
  const details = { headers, extensions: { jobId: job.jobId } };
  switch (job.state) {
    case 'cancelled':
      return new ProblemError(409, 'job_already_canceled', 'The job was cancelled.', details);
    case 'timed_out':
      return new ProblemError(
        504,
        'job_timeout',
        job.error?.message ?? 'Adobe did not finish the job in time.',
        details,
      );
    default: {
      const { code = 'runtime_error', message = 'The job failed.', upstreamStatus } = job.error ?? {};
      return new ProblemError(statusOf(code, upstreamStatus), code, message, details);
    }
  }
};

const statusOf = (code: string, upstreamStatus: number | undefined): number => {
  // Adobe's 401 is about the gateway's token: the caller's own credentials are fine.
  if (upstreamStatus !== undefined && upstreamStatus >= 400 && upstreamStatus !== 401) return upstreamStatus;
  return statusOfCode[code] ?? 502;
};
