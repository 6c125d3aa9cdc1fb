import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { operationOf, serviceOf } from '#shared/adobe/services/registry.ts';
import { outputUrl } from '#shared/gateway-urls.ts';
import { exactRequestOf, type Job } from '#shared/jobs/job.ts';
import { findLane } from '#shared/jobs/lanes/lane.ts';
import { countLimit, countTurnsAhead } from '#shared/jobs/lanes/queue.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import { earliestSubmit } from '#shared/jobs/lanes/wait-estimate.ts';
import type { ApiContext } from '../context.ts';
import type { ApiRequest } from '../http/request.ts';
import { jsonResponse, toIso } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { findJob } from './find.ts';
import { buildJobLinks } from './responses.ts';
import { jobRecord, type RecordLinks, type RequestLink, viewJobRecord, type WaitEstimate } from './view.ts';

type GetContext = Pick<ApiContext, 'table' | 'lanes' | 'inputs'>;

/** The gateway's full record of a job, with its place and its time while it waits. */
export const getRoute = (context: GetContext): Route => ({
  method: 'GET',
  path: '/jobs/{jobId}',
  describe: {
    tag: 'Jobs',
    summary: 'Everything about a job',
    answers: { 200: { description: 'Its record', content: { 'application/json': jobRecord } } },
    errors: [404],
  },
  handle: async (request) => {
    const job = await findJob(context, request);
    const links = buildRecordLinks(request, job, context.inputs.maxBytes);
    return jsonResponse(200, viewJobRecord(job, { links, wait: await estimateWait(context, job) }));
  },
});

/**
 * When a waiting job's turn comes, as the queue stands now; later jobs of higher priority or of callers with fewer jobs may
 * overtake it. Position 1 is served next. There is no time while an operator pauses the queue.
 */
const estimateWait = async ({ table, lanes }: GetContext, job: Job): Promise<WaitEstimate> => {
  if (job.state !== 'queued' && job.state !== 'scheduled') return {};
  const lane = findLane(lanes, job.lane);
  const snapshot = await readLane(lane);
  if (job.state === 'scheduled') {
    return { estimatedStart: snapshot.operatorPause === undefined ? toIso(job.submitAt) : undefined };
  }
  const turnsAhead = await countTurnsAhead(lane, job);
  // The queue is longer than what is counted.
  const isMinimum = turnsAhead >= countLimit;
  const estimatedStart = toIso(earliestSubmit(snapshot, lane.limits, turnsAhead, table.clock.now()));
  return {
    queuePosition: Math.min(turnsAhead + 1, countLimit),
    queuePositionIsMinimum: isMinimum,
    estimatedStart,
    estimatedStartIsMinimum: estimatedStart === undefined ? undefined : isMinimum,
  };
};

/** @param maxInputBytes largest input: a larger output cannot be one */
const buildRecordLinks = (request: ApiRequest, job: Job, maxInputBytes: number): RecordLinks => {
  const { baseUrl } = request;
  const outputs = job.outputs ?? [];
  const links: RecordLinks = {
    ...buildJobLinks(request, job),
    outputs: outputs.map((_, index) => outputUrl(baseUrl, job.jobId, index)),
  };
  if (job.state !== 'succeeded') return links;
  const operation = operationOf(job);
  const [first] = outputs;
  const similar =
    first !== undefined && first.bytes <= maxInputBytes
      ? serviceOf(operation).similar?.(first.contentType, `job:${job.jobId}/0`)
      : undefined;
  if (similar !== undefined) links.similar = buildRequestLink(baseUrl, similar.operation, undefined, similar.body);
  const body = exactRequestOf(job);
  links.reuse = buildRequestLink(baseUrl, operation, job.modelVersion, operation.reproduce?.(body, outputs) ?? body);
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
