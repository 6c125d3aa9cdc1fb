import * as z from 'zod';
import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import { isOver } from '#shared/batches/batch.ts';
import { lineJobSchema, lineJobs } from '#shared/batches/batch-jobs.ts';
import { batchIdOfRetry, createBatch } from '#shared/batches/batch-store.ts';
import { admitBatch } from '#shared/callers/admission.ts';
import { type ReportFormat, reportKey } from '#shared/deployment/bucket.ts';
import { createKeptCounts } from '#shared/jobs/lanes/queue-counts.ts';
import { once } from '#shared/once.ts';
import type { ApiContext } from '../context.ts';
import { addressQuery, describeAddress, leadTo } from '../http/address.ts';
import { audit } from '../http/audit.ts';
import { decodeCursor, encodeCursor, jobsQuery, nextCursor, readLimit, readStates } from '../http/pagination.ts';
import { jsonResponse, ProblemError } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { jobSummary, summaryAttributes, viewJobSummary } from '../jobs/view.ts';
import { cancelBatch } from './cancel.ts';
import { createRoute } from './create.ts';
import { eraseRoute } from './erase.ts';
import { estimateEnd } from './estimate-end.ts';
import { findBatch, findKeptBatch, requireKept } from './find.ts';
import { linesRoute } from './lines.ts';
import { listRoute } from './list.ts';
import { acceptedAnswer, acceptedResponse, batchSchema, describeBatchCall, viewBatch } from './view.ts';

/** Everything about batches. */
export const batchRoutes = (context: ApiContext, requireCredentials: () => Promise<void>): Route[] => [
  createRoute(context, requireCredentials),
  listRoute(context),
  getRoute(context),
  jobsRoute(context),
  linesRoute(context),
  cancelRoute(context),
  eraseRoute(context),
  retryRoute(context),
  reportRoute(context, 'jsonl'),
  reportRoute(context, 'csv'),
];

/** The progress of a batch. */
export const getRoute = (context: ApiContext): Route => {
  const count = createKeptCounts(context.table.clock);
  return {
    method: 'GET',
    path: '/batches/{batchId}',
    describe: describeBatchCall('Progress of a batch', {
      200: { description: 'The batch', content: { 'application/json': batchSchema } },
    }),
    handle: async (request) => {
      const batch = await findBatch(context, request);
      const estimatedEndAt =
        isOver(batch.state) || batch.state === 'erasing' ? undefined : await estimateEnd(context, batch, count);
      return jsonResponse(200, viewBatch(batch, request, estimatedEndAt));
    },
  };
};

/** The stable address of a batch's report: leads to a URL that is signed at this moment. */
export const reportRoute = (context: Pick<ApiContext, 'table' | 'objects'>, format: ReportFormat): Route => ({
  method: 'GET',
  path: `/batches/{batchId}/report.${format}`,
  describe: {
    ...describeBatchCall('The report: what became of each line', describeAddress().answers, [409]),
    query: addressQuery,
  },
  handle: async (request) => {
    const { batchId, state } = await findKeptBatch(context, request);
    if (!isOver(state)) {
      throw new ProblemError(409, 'batch_not_finished', 'The report is written when all jobs of the batch have ended.');
    }
    const { bucket, presignGet } = context.objects;
    return leadTo(request, () => presignGet({ bucket, key: reportKey(batchId, format) }));
  },
});

/** Cancels a batch: waiting jobs end at no cost, jobs at Adobe are cancelled there. */
export const cancelRoute = (context: ApiContext): Route => ({
  method: 'PUT',
  path: '/batches/{batchId}/cancel',
  describe: describeBatchCall('Cancel the jobs that have not ended', { 202: acceptedAnswer }, [409, 429]),
  handle: async (request) => {
    const asked = await cancelBatch(context.table, await findKeptBatch(context, request));
    audit(context.log, request, 'batch cancelled', { batchId: asked.batchId });
    await tryTriggerDispatch(context);
    return acceptedResponse(asked, request);
  },
});

/** Retries the jobs of a batch that failed or timed out, as a new batch; a repeated call finds the same new batch. */
export const retryRoute = (context: ApiContext): Route => ({
  method: 'POST',
  path: '/batches/{batchId}/retry',
  describe: describeBatchCall('Retry the failed jobs as a new batch', { 202: acceptedAnswer }, [409]),
  handle: async (request) => {
    const { table, readPolicy, settings } = context;
    const { batchId, caller, state, priority, counts } = await findKeptBatch(context, request);
    if (!isOver(state)) throw new ProblemError(409, 'batch_not_finished', 'The batch has not finished yet.');
    if (counts.failed + counts.timed_out === 0) {
      throw new ProblemError(409, 'nothing_failed', 'No job of the batch has failed.');
    }
    const { retentionSeconds } = settings;
    const retry = { batchId: batchIdOfRetry(batchId), caller, priority, retryOf: batchId, retentionSeconds };
    await admitBatch(table, caller, await readPolicy(caller), retry.batchId);
    const { created, batch } = await createBatch(table, retry, table.clock.now());
    if (created) audit(context.log, request, 'batch made', { batchId: batch.batchId, retryOf: batchId });
    await tryTriggerDispatch(context);
    return acceptedResponse(requireKept(batch), request);
  },
});

// A search for a rare state in a large batch returns after this many lines, even with an empty page.
const maxLinesSearched = 2_000;

const listedJob = once(() => lineJobSchema().pick({ ...summaryAttributes, lineId: true }));

const batchJob = once(() => jobSummary().extend({ line: z.int(), id: z.string().optional() }).meta({ id: 'BatchJob' }));

const batchJobsPage = once(() => z.object({ jobs: z.array(batchJob()), cursor: nextCursor() }));

/** The jobs of a batch in the order of its lines; lines that are no jobs are in the report only. */
export const jobsRoute = ({ table }: Pick<ApiContext, 'table'>): Route => ({
  method: 'GET',
  path: '/batches/{batchId}/jobs',
  describe: {
    ...describeBatchCall(
      'The jobs of a batch, in the order of its lines',
      {
        200: {
          description: 'One page; it may be empty though others follow',
          content: { 'application/json': batchJobsPage },
        },
      },
      [409],
    ),
    query: () => z.object(jobsQuery()),
  },
  handle: async (request) => {
    const { batchId, lines = 0 } = await findKeptBatch({ table }, request);
    const states = readStates(request.query['status']);
    const limit = readLimit(request.query['limit']);
    const list = [batchId, ...(states ?? [])];
    const cursor = request.query['cursor'];
    const start = cursor === undefined ? 0 : Number(decodeCursor(cursor, list));
    const jobs: z.output<ReturnType<typeof batchJob>>[] = [];
    let seen = start;
    const searched = { first: start + 1, last: Math.min(lines, start + maxLinesSearched) };
    for await (const { first, last, jobs: found } of lineJobs(table, batchId, searched, listedJob())) {
      for (let line = first; line <= last && jobs.length < limit; line += 1) {
        seen = line;
        const job = found.get(line);
        if (job === undefined || states?.includes(job.state) === false) continue;
        jobs.push({ line, id: job.lineId, ...viewJobSummary(job) });
      }
      if (jobs.length === limit) break;
    }
    const page: z.output<ReturnType<typeof batchJobsPage>> = {
      jobs,
      cursor: seen < lines ? encodeCursor(String(seen), list) : undefined,
    };
    return jsonResponse(200, page);
  },
});
