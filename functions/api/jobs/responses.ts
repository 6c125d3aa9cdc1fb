import * as z from 'zod';
import { operationOf } from '#shared/adobe/services/registry.ts';
import { isFinal, type Job } from '#shared/jobs/job.ts';
import type { ApiContext } from '../context.ts';
import { ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import { type HttpResponse, jsonResponse } from '../http/response.ts';

/** Where a caller follows and cancels a job: always at the gateway, never at Adobe. */
export interface JobLinks {
  statusUrl: string;
  cancelUrl: string;
}

/** The gateway's own URLs of a job. */
export const buildJobLinks = ({ baseUrl }: Pick<ApiRequest, 'baseUrl'>, jobId: string): JobLinks => ({
  statusUrl: `${baseUrl}/v3/status/${jobId}`,
  cancelUrl: `${baseUrl}/v3/cancel/${jobId}`,
});

// Adobe's `Link` header: where the job's status is and where it can be cancelled.
const linkHeader = ({ statusUrl, cancelUrl }: JobLinks): string =>
  `<${statusUrl}>; rel="status", <${cancelUrl}>; rel="cancel"`;

/** Adobe's answer to a request that was accepted. */
export const acceptedJob = z
  .object({ jobId: z.uuid(), statusUrl: z.url(), cancelUrl: z.url() })
  .meta({ id: 'AcceptedJob', description: "Adobe's answer with a job id" });

const link = z.object({ href: z.url() });

/** Adobe's answer to a request that was accepted, of the other family. */
export const acceptedLinks = z
  .object({ links: z.object({ result: link, cancel: link }), progress: z.number() })
  .meta({ id: 'AcceptedLinks', description: "Adobe's answer with links; the job id is the end of both" });

/** Adobe's answer to an asynchronous request: where to follow the job. */
export const acceptedResponse = (job: Job, request: ApiRequest, headers: Record<string, string> = {}): HttpResponse => {
  const links = buildJobLinks(request, job.jobId);
  const { accepts } = operationOf(job);
  const body: z.output<typeof acceptedJob> | z.output<typeof acceptedLinks> =
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
  { objects, table }: Pick<ApiContext, 'objects' | 'table'>,
  job: Job,
  request: ApiRequest,
  headers: Record<string, string> = {},
): Promise<HttpResponse> => {
  if (!isFinal(job.state)) {
    return acceptedResponse(job, request, { ...retryAfter(job, table.clock.now()), ...headers });
  }
  const withLink = { link: linkHeader(buildJobLinks(request, job.jobId)), ...headers };
  if (job.state !== 'succeeded') throw problemOfJob(job, withLink);
  const urls = await Promise.all((job.outputs ?? []).map(objects.presignGet));
  return jsonResponse(200, viewResult(job, urls), withLink);
};

/**
 * Adobe's result body of a succeeded job, with URLs of the stored outputs in place of Adobe's.
 *
 * @param urls one per output, in the same order
 */
export const viewResult = (job: Job, urls: readonly string[]): Record<string, unknown> => {
  const { result: shape } = operationOf(job);
  return { ...job.result, outputs: (job.outputs ?? []).map((output, index) => shape.write(output, urls[index] ?? '')) };
};

const minRetrySeconds = 1;
const maxRetrySeconds = 15;

/**
 * The header that tells when to ask again, none once the job has ended. Jobs that have a submit time are asked for then; all
 * others the less often the longer they have been in the same state.
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
const contentPolicyCodes = [
  'legal_error',
  'prompt_unsafe',
  'prompt_entity_denied',
  'image_unsafe',
  'video_unsafe',
  'reference_image_unsafe_error',
  'input_media_unsafe',
];

const statusByCode: Record<string, number> = {
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
  if (job.state === 'cancelled') {
    return new ProblemError(409, 'job_already_canceled', 'The job was cancelled.', details);
  }
  if (job.state === 'timed_out') {
    const message = job.error?.message ?? 'Adobe did not finish the job in time.';
    return new ProblemError(504, 'job_timeout', message, details);
  }
  const { code = 'runtime_error', message = 'The job failed.', upstreamStatus } = job.error ?? {};
  return new ProblemError(chooseStatus(code, upstreamStatus), code, message, details);
};

const chooseStatus = (code: string, upstreamStatus: number | undefined): number => {
  // Adobe's 401 is about the gateway's token: the caller's own credentials are fine.
  if (upstreamStatus !== undefined && upstreamStatus >= 400 && upstreamStatus !== 401) return upstreamStatus;
  return statusByCode[code] ?? 502;
};
