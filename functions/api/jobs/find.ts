import type { Job } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import type { ApiContext } from '../context.ts';
import { ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';

const jobIdPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The job that the path names.
 *
 * @throws {ProblemError} 404 if there is none or it is another caller's
 */
export const findJob = async ({ table }: Pick<ApiContext, 'table'>, request: ApiRequest): Promise<Job> => {
  const caller = request.caller();
  const jobId = request.params['jobId']?.toLowerCase() ?? '';
  const job = jobIdPattern.test(jobId) ? await getJob(table, jobId) : undefined;
  if (job === undefined || job.caller !== caller) throw unknownJob();
  return job;
};

/** The answer for a job that does not exist or belongs to another caller: the answer must not tell which. */
export const unknownJob = (): ProblemError => new ProblemError(404, 'unknown_job_id', 'There is no such job.');
