import type { Job } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import type { ApiContext } from '../context.ts';
import { ProblemError } from '../http/problem.ts';
import { type ApiRequest, readId } from '../http/request.ts';

/**
 * The job that the path names.
 *
 * @throws {ProblemError} 404 if there is none or it is another caller's
 */
export const findJob = async ({ table }: Pick<ApiContext, 'table'>, request: ApiRequest): Promise<Job> => {
  const caller = request.caller();
  const jobId = readId(request, 'jobId');
  const job = jobId === undefined ? undefined : await getJob(table, jobId);
  if (job === undefined || job.caller !== caller) throw unknownJob();
  return job;
};

/** The answer for a job that does not exist or belongs to another caller: the answer must not tell which. */
export const unknownJob = (): ProblemError => new ProblemError(404, 'unknown_job_id', 'There is no such job.');
