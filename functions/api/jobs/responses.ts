import { operationOf } from '#shared/adobe/services/registry.ts';
import { isFinal, type Job } from '#shared/jobs/job.ts';
import type { Gateway } from '../context.ts';
import type { ApiRequest } from '../http/request.ts';
import { type HttpResponse, jsonResponse } from '../http/response.ts';
import { problemOfJob } from './job-failure.ts';
import { jobLinks, linkHeader } from './job-links.ts';
import { generationResult, retryAfterSeconds } from './job-status.ts';

/** Adobe's answer to an asynchronous request: where to follow the job. */
export const acceptedResponse = (job: Job, request: ApiRequest, headers: Record<string, string> = {}): HttpResponse => {
  const links = jobLinks(request, job.jobId);
  const { accepts } = operationOf(job);
  const body =
    accepts.family === 'job'
      ? { jobId: job.jobId, ...links }
      : { links: { result: { href: links.statusUrl }, cancel: { href: links.cancelUrl } }, progress: 0 };
  return jsonResponse(accepts.status, body, { location: links.statusUrl, link: linkHeader(links), ...headers });
};

/**
 * The answer to a caller who waited: Adobe's result if the job has succeeded, else where to follow it.
 *
 * @throws {ProblemError} with Adobe's status and code if the job has ended otherwise
 */
export const waitedResponse = async (
  { presign, table }: Pick<Gateway, 'presign' | 'table'>,
  job: Job,
  request: ApiRequest,
  headers: Record<string, string> = {},
): Promise<HttpResponse> => {
  if (!isFinal(job.state)) {
    return acceptedResponse(job, request, { ...retryAfter(job, table.clock.now()), ...headers });
  }
  const withLink = { link: linkHeader(jobLinks(request, job.jobId)), ...headers };
  if (job.state !== 'succeeded') throw problemOfJob(job, withLink);
  const urls = await Promise.all((job.outputs ?? []).map(presign));
  return jsonResponse(200, generationResult(job, urls), withLink);
};

/** The header that tells when to ask again; none once the job has ended. */
export const retryAfter = (job: Job, nowMs: number): Record<string, string> => {
  const seconds = retryAfterSeconds(job, nowMs);
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
};
