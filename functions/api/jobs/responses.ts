import type { JobLinks } from '#shared/adobe/services/operation.ts';
import { operationOf, serviceOf } from '#shared/adobe/services/registry.ts';
import { hasOutputs, isFinal, type Job } from '#shared/jobs/job.ts';
import type { ApiContext } from '../context.ts';
import { fitsLambda, type HttpResponse, jsonResponse, ProblemError, textResponse } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import { buildJobLinks, presentJob } from './present-job.ts';

// Adobe's `Link` header: where the job's status is and where it can be cancelled.
const linkHeader = ({ statusUrl, cancelUrl }: JobLinks): string =>
  `<${statusUrl}>; rel="status", <${cancelUrl}>; rel="cancel"`;

/** Adobe's answer to an asynchronous request: where to follow the job, and what the caller should know of it. */
export const acceptedResponse = (job: Job, request: ApiRequest, headers: Record<string, string> = {}): HttpResponse => {
  const links = buildJobLinks(request, job);
  const { accepts } = operationOf(job);
  const location = { location: links.statusUrl, link: linkHeader(links) };
  const warnings = job.warnings.length === 0 ? undefined : job.warnings;
  const body = { ...accepts.write(job.jobId, links), warnings };
  return jsonResponse(accepts.status, body, { ...location, ...headers });
};

/**
 * The answer to a caller who waited: Adobe's result if the job has succeeded, else where to follow it, as for a result that is too large.
 *
 * @throws {ProblemError} with Adobe's status and code if the job has ended otherwise
 */
export const waitedResponse = async (
  { objects, table }: Pick<ApiContext, 'objects' | 'table'>,
  job: Job,
  request: ApiRequest,
  headers: Record<string, string> = {},
): Promise<HttpResponse> => {
  if (!isFinal(job.state)) {
    return acceptedResponse(job, request, { ...retryAfter(job, table.clock.now()), ...headers });
  }
  const withLink = { link: linkHeader(buildJobLinks(request, job)), ...headers };
  if (!hasOutputs(job.state)) throw problemOfJob(job, withLink);
  const operation = operationOf(job);
  const presented = await presentJob(objects, job, request);
  const { presentResult, writeResult } = serviceOf(operation).dialect;
  const text = writeResult?.(presented, operation);
  const result =
    text === undefined
      ? jsonResponse(200, presentResult?.(presented, operation) ?? presented.result, withLink)
      : textResponse(200, text, withLink);
  // An error would look as if the request had not been accepted: sent again, it would be paid twice.
  return fitsLambda(result) ? result : acceptedResponse(job, request, headers);
};

const minRetrySeconds = 1;
const maxRetrySeconds = 15;

/**
 * The header that tells when to ask again, none once the job has ended. For a job with a submit time that is
 * the time to ask; for all others the interval grows with the time spent in the same state.
 */
export const retryAfter = (job: Job, nowMs: number): Record<string, string> => {
  if (isFinal(job.state)) return {};
  const waitMs =
    job.state === 'scheduled' && job.submitAt !== undefined && job.submitAt > nowMs
      ? job.submitAt - nowMs
      : (nowMs - Date.parse(job.updatedAt)) / 4;
  const seconds = Math.min(maxRetrySeconds, Math.max(minRetrySeconds, Math.ceil(waitMs / 1000)));
  return { 'retry-after': String(seconds) };
};

// Adobe reports these as HTTP 451 when it answers at once, and in a status body with HTTP 200 when it finds out later.
const statusByCode: Record<string, number> = {
  bad_request: 400,
  validation_error: 422,
  language_not_supported: 422,
  cai_assertion_violation_error: 422,
};

/**
 * The error answer of a synchronous call whose job did not succeed: Adobe's status and code where Adobe gave them.
 *
 * @param headers lead to the job, whose record says more
 */
export const problemOfJob = (job: Job, headers: Record<string, string>): ProblemError => {
  const details = { headers, extensions: { jobId: job.jobId } };
  if (job.state === 'cancelled') {
    return new ProblemError(409, 'job_already_canceled', 'The job was cancelled.', details);
  }
  if (job.state === 'timed_out') {
    const message = job.error?.message ?? 'Adobe did not finish the job in time.';
    return new ProblemError(504, 'job_timeout', message, details);
  }
  const { code = 'runtime_error', message = 'The job failed.', upstreamStatus, validationErrors } = job.error ?? {};
  return new ProblemError(chooseStatus(job, code, upstreamStatus), code, message, { ...details, validationErrors });
};

const chooseStatus = (job: Job, code: string, upstreamStatus: number | undefined): number => {
  // Adobe's 401 is about the gateway's token: the caller's own credentials are fine.
  if (upstreamStatus !== undefined && upstreamStatus >= 400 && upstreamStatus !== 401) return upstreamStatus;
  const { contentRefusals = {} } = serviceOf(operationOf(job)).dialect;
  return statusByCode[code] ?? (Object.hasOwn(contentRefusals, code) ? 451 : 502);
};
