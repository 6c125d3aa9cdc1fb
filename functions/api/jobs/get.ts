import * as z from 'zod';
import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { operationOf, serviceOf } from '#shared/adobe/services/registry.ts';
import { outputUrl } from '#shared/gateway-urls.ts';
import { exactRequestOf, hasOutputs, type Job, jobSchema } from '#shared/jobs/job.ts';
import { listJobs } from '#shared/jobs/job-list.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { isHolding, readCallerPause } from '#shared/jobs/lanes/caller-pauses.ts';
import { findLane, type Lane } from '#shared/jobs/lanes/lane.ts';
import { countLimit, countTurnsAhead } from '#shared/jobs/lanes/queue.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import { earliestSubmit } from '#shared/jobs/lanes/wait-estimate.ts';
import { readRequest } from '#shared/jobs/request-store.ts';
import type { ApiContext } from '../context.ts';
import { describeAddress, leadTo } from '../http/address.ts';
import {
  decodeCursor,
  encodeCursor,
  jobsQuery,
  nextCursor,
  readLabel,
  readLimit,
  readStates,
} from '../http/pagination.ts';
import { jsonResponse, ProblemError, toIso } from '../http/problem.ts';
import { type ApiRequest, readId } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import { countMemory, createMemory } from '../remember.ts';
import { buildJobLinks, readOutcome } from './present-job.ts';
import {
  jobRecord,
  jobSummary,
  type RecordLinks,
  type RequestLink,
  summaryAttributes,
  viewJobRecord,
  viewJobSummary,
  type WaitEstimate,
} from './view.ts';

type GetContext = Pick<ApiContext, 'table' | 'lanes' | 'inputs'>;

type CountTurns = (lane: Lane, job: Job) => Promise<number>;

/** The gateway's full record of a job, with its place and its time while it waits. */
export const getRoute = (context: GetContext): Route => {
  const remember = createMemory<number>(context.table.clock, countMemory);
  const countTurns: CountTurns = (lane, job) => remember(job.rank, () => countTurnsAhead(lane, job));
  return {
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
      const stored = await readRequest(context.table, job);
      const body = stored && exactRequestOf(stored);
      const links = buildRecordLinks(request, job, body, context.inputs.maxBytes);
      return jsonResponse(200, viewJobRecord(job, { body, links, wait: await estimateWait(context, job, countTurns) }));
    },
  };
};

/**
 * When a waiting job's turn comes, as the queue stands now; later jobs of higher priority or of callers with fewer jobs may
 * overtake it. Position 1 is served next. There is no time while an operator pauses the queue, and no place while
 * the caller is paused.
 */
const estimateWait = async ({ table, lanes }: GetContext, job: Job, countTurns: CountTurns): Promise<WaitEstimate> => {
  if (job.state !== 'queued' && job.state !== 'scheduled') return {};
  const pause = await readCallerPause(table, job.caller);
  if (pause !== undefined && isHolding(pause)) return { callerPausedSince: toIso(pause.since) };
  // After lost turns others go first until then; it has no place in the queue meanwhile.
  if (job.delayedUntil !== undefined) return { estimatedStart: job.delayedUntil, estimatedStartIsMinimum: true };
  const lane = findLane(lanes, job.lane);
  const snapshot = await readLane(lane);
  if (job.state === 'scheduled') {
    return { estimatedStart: snapshot.operatorPause === undefined ? toIso(job.submitAt) : undefined };
  }
  const turnsAhead = await countTurns(lane, job);
  // The queue is longer than what is counted, or jobs are still coming back into it.
  const isMinimum = turnsAhead >= countLimit || pause !== undefined;
  const estimatedStart = toIso(earliestSubmit(snapshot, lane.limits, turnsAhead, table.clock.now()));
  return {
    queuePosition: Math.min(turnsAhead + 1, countLimit),
    queuePositionIsMinimum: isMinimum,
    estimatedStart,
    estimatedStartIsMinimum: estimatedStart === undefined ? undefined : isMinimum,
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
  if (body !== undefined) {
    links.reuse = buildRequestLink(baseUrl, operation, job.modelVersion, operation.repeat?.(body, outputs) ?? body);
  }
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
export const findJob = async ({ table }: Pick<ApiContext, 'table'>, request: ApiRequest): Promise<Job> => {
  const caller = request.caller();
  const jobId = readId(request, 'jobId');
  const job = jobId === undefined ? undefined : await getJob(table, jobId);
  if (job === undefined || job.caller !== caller) throw unknownJob();
  return job;
};

/** The answer for a job that does not exist or belongs to another caller: the answer must not tell which. */
export const unknownJob = (): ProblemError => new ProblemError(404, 'unknown_job_id', 'There is no such job.');

const listedJob = jobSchema.pick(summaryAttributes);

const labelQuery = z
  .string()
  .optional()
  .meta({ description: 'Jobs with this label: `campaign=spring`', example: 'campaign=spring' });

const jobsPage = z.object({ jobs: z.array(jobSummary), cursor: nextCursor });

/** The caller's jobs, newest first. */
export const listRoute = ({ table }: Pick<ApiContext, 'table'>): Route => ({
  method: 'GET',
  path: '/jobs',
  describe: {
    tag: 'Jobs',
    summary: 'Your jobs, newest first',
    description:
      'A page may have fewer jobs than the limit, or none, although more follow: where states or the label are rare or jobs are large. Go on while there is a cursor.',
    query: z.object({ ...jobsQuery, label: labelQuery }),
    answers: { 200: { description: 'One page', content: { 'application/json': jobsPage } } },
  },
  handle: async (request) => {
    const caller = request.caller();
    const states = readStates(request.query['status']);
    const limit = readLimit(request.query['limit']);
    const label = readLabel(request.query['label']);
    const list = [caller, ...(states ?? []), ...(label === undefined ? [] : [`${label.name}=${label.value}`])];
    const cursor = request.query['cursor'];
    const before = cursor === undefined ? undefined : decodeCursor(cursor, list);
    const { jobs, next } = await listJobs(table, { caller, states, label, before, limit }, listedJob);
    const page: z.output<typeof jobsPage> = {
      jobs: jobs.map(viewJobSummary),
      cursor: next === undefined ? undefined : encodeCursor(next, list),
    };
    return jsonResponse(200, page);
  },
});

/** The stable address of an output: leads to a URL that is signed at this moment. Counts from 0, in Adobe's order. */
export const outputRoute = (context: Pick<ApiContext, 'table' | 'objects'>): Route => ({
  method: 'GET',
  path: '/jobs/{jobId}/outputs/{index}',
  describe: {
    tag: 'Jobs',
    summary: 'One output of a job, counted from 0',
    description: 'The one link to keep: it leads to a fresh URL whenever it is followed.',
    ...describeAddress(),
    errors: [404],
  },
  handle: async (request) => {
    const { outputs = [] } = await readOutcome(context.objects, await findJob(context, request));
    const index = request.params['index'] ?? '';
    const output = /^(0|[1-9]\d{0,3})$/.test(index) ? outputs[Number(index)] : undefined;
    if (output === undefined) {
      throw new ProblemError(404, 'unknown_output', `The job has ${outputs.length} outputs, counted from 0.`);
    }
    return leadTo(request, () => context.objects.presignGet(output));
  },
});
