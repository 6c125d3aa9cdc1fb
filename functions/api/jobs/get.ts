import * as z from 'zod';
import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { operationOf, serviceOf } from '#shared/adobe/services/registry.ts';
import { thumbnailWidths } from '#shared/deployment/bucket.ts';
import { outputUrl } from '#shared/gateway-urls.ts';
import { exactRequestOf, hasOutputs, type Job } from '#shared/jobs/job.ts';
import { getJobRecord } from '#shared/jobs/job-store.ts';
import { readRequest } from '#shared/jobs/request-store.ts';
import { once } from '#shared/once.ts';
import type { ApiContext } from '../context.ts';
import { addressQuery, describeAddress, leadTo } from '../http/address.ts';
import { jsonResponse, ProblemError } from '../http/problem.ts';
import { type ApiRequest, readId } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import { buildJobLinks, readOutcome } from './present-job.ts';
import { findThumbnail, presignThumbnails, readWidth, thumbnailsQuery } from './thumbnail.ts';
import { jobRecord, type RecordLinks, type RequestLink, viewJobRecord } from './view.ts';
import { createWaitEstimate } from './wait-estimate.ts';

type GetContext = Pick<ApiContext, 'table' | 'lanes' | 'inputs' | 'objects'>;

/** The gateway's full record of a job, with its place and its time while it waits. */
export const getRoute = (context: GetContext): Route => {
  const estimateWait = createWaitEstimate(context);
  return {
    method: 'GET',
    path: '/jobs/{jobId}',
    describe: {
      tag: 'Jobs',
      summary: 'Everything about a job',
      query: () => z.object({ thumbnails: thumbnailsQuery() }),
      answers: { 200: { description: 'Its record', content: { 'application/json': jobRecord } } },
      errors: [404],
    },
    handle: async (request) => {
      const width = readWidth(request.query['thumbnails'], 'thumbnails');
      const { job, held } = await findJobRecord(context, request);
      const stored = held ?? (await readRequest(context.table, job));
      const body = stored && exactRequestOf(stored);
      const links = buildRecordLinks(request, job, body, context.inputs.maxBytes);
      const thumbnails = await presignThumbnails(context.objects, job, width);
      return jsonResponse(200, viewJobRecord(job, { body, links, wait: await estimateWait(job), thumbnails }));
    },
  };
};

/** @param maxInputBytes largest input: a larger output cannot be one */
const buildRecordLinks = (
  request: ApiRequest,
  job: Job,
  body: Record<string, unknown> | undefined,
  maxInputBytes: number,
): RecordLinks => {
  const { baseUrl } = request;
  const outputs = job.outputs ?? [];
  const links: RecordLinks = {
    ...buildJobLinks(request, job),
    outputs: outputs.map((_, index) => outputUrl(baseUrl, job.jobId, index)),
  };
  if (!hasOutputs(job.state)) return links;
  const operation = operationOf(job);
  const [first] = outputs;
  const similar =
    first !== undefined && first.bytes <= maxInputBytes
      ? serviceOf(operation).similar?.(first.contentType, `job:${job.jobId}/0`)
      : undefined;
  if (similar !== undefined) links.similar = buildRequestLink(baseUrl, similar.operation, undefined, similar.body);
  const repeated = body && operation.repeat?.(body, outputs);
  if (repeated !== undefined) links.reuse = buildRequestLink(baseUrl, operation, job.modelVersion, repeated);
  return links;
};

const buildRequestLink = (
  baseUrl: string,
  { path, models }: OperationDefinition,
  modelVersion: string | undefined,
  body: unknown,
): RequestLink => ({
  method: 'POST',
  href: `${baseUrl}${path}`,
  headers: {
    'content-type': 'application/json',
    ...(models !== undefined && modelVersion !== undefined && { [models.header]: modelVersion }),
  },
  body,
});

/**
 * The job that the path names.
 *
 * @throws {ProblemError} 404 if there is none or it is another caller's
 */
export const findJob = async (context: Pick<ApiContext, 'table'>, request: ApiRequest): Promise<Job> =>
  (await findJobRecord(context, request)).job;

const findJobRecord = async ({ table }: Pick<ApiContext, 'table'>, request: ApiRequest) => {
  const caller = request.caller();
  const jobId = readId(request, 'jobId');
  const found = jobId === undefined ? undefined : await getJobRecord(table, jobId);
  if (found === undefined || found.job.caller !== caller) throw unknownJob();
  return found;
};

/** The answer for a job that does not exist or belongs to another caller: the answer must not tell which. */
export const unknownJob = (): ProblemError => new ProblemError(404, 'unknown_job_id', 'There is no such job.');

const addressQueryOfOutput = once(() =>
  addressQuery().extend({
    width: z.enum(thumbnailWidths.map(String)).optional().meta({
      description:
        'A thumbnail as WebP, no wider than this: 404 with `thumbnail_not_ready` and `Retry-After` while it is made, with `no_thumbnail` where there is none',
    }),
  }),
);

/** The stable address of an output: leads to a URL that is signed at this moment. Counts from 0, in Adobe's order. */
export const outputRoute = (context: Pick<ApiContext, 'table' | 'objects' | 'startThumbnail'>): Route => ({
  method: 'GET',
  path: '/jobs/{jobId}/outputs/{index}',
  describe: {
    tag: 'Jobs',
    summary: 'One output of a job, counted from 0',
    description: 'The one link to keep: it leads to a fresh URL whenever it is followed.',
    query: addressQueryOfOutput,
    answers: describeAddress().answers,
    errors: [404],
  },
  handle: async (request) => {
    const width = readWidth(request.query['width']);
    const job = await findJob(context, request);
    const { outputs = [] } = await readOutcome(context.objects, job);
    const index = request.params['index'] ?? '';
    const output = /^(0|[1-9]\d{0,3})$/.test(index) ? outputs[Number(index)] : undefined;
    if (output === undefined) {
      throw new ProblemError(404, 'unknown_output', `The job has ${outputs.length} outputs, counted from 0.`);
    }
    const file = width === undefined ? output : await findThumbnail(context, job, Number(index), width);
    return leadTo(request, () => context.objects.presignGet(file));
  },
});
