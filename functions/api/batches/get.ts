import { type Batch, endedJobs, isOver } from '#shared/batches/batch.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { type ReportFormat, reportKey } from '#shared/deployment/bucket.ts';
import { findLane, fireflyLane } from '#shared/jobs/lanes/lane.ts';
import { turnsUntilLast } from '#shared/jobs/lanes/queue.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import { earliestSubmit } from '#shared/jobs/lanes/wait-estimate.ts';
import type { ApiContext } from '../context.ts';
import { describeAddress, leadTo } from '../http/address.ts';
import { ProblemError } from '../http/problem.ts';
import { type ApiRequest, readId } from '../http/request.ts';
import { jsonResponse, toIso } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { batchSchema, describeBatchCall, viewBatch } from './view.ts';

/** The progress of a batch. */
export const getRoute = (context: ApiContext): Route => ({
  method: 'GET',
  path: '/batches/{batchId}',
  describe: describeBatchCall('Progress of a batch', {
    200: { description: 'The batch', content: { 'application/json': batchSchema } },
  }),
  handle: async (request) => {
    const batch = await findBatch(context, request);
    const estimatedEndAt = isOver(batch.state) ? undefined : await estimateEnd(context, batch);
    return jsonResponse(200, viewBatch(batch, request, estimatedEndAt));
  },
});

// When the last job will be submitted at the earliest, ISO: what waits now at other priorities has its turns in between.
const estimateEnd = async ({ table, lanes }: ApiContext, batch: Batch): Promise<string | undefined> => {
  const unread = (batch.lines ?? 0) - batch.jobs - batch.rejected - batch.skipped;
  const unfinished = Math.max(0, batch.jobs - endedJobs(batch) + Math.max(0, unread));
  const now = table.clock.now();
  if (unfinished === 0) return toIso(now);
  const lane = findLane(lanes, fireflyLane);
  const [snapshot, ahead] = await Promise.all([readLane(lane), turnsUntilLast(lane, batch.priority, unfinished)]);
  return toIso(earliestSubmit(snapshot, lane.limits, ahead, now));
};

/** The stable address of a batch's report: leads to a URL that is signed at this moment. */
export const reportRoute = (context: Pick<ApiContext, 'table' | 'objects'>, format: ReportFormat): Route => ({
  method: 'GET',
  path: `/batches/{batchId}/report.${format}`,
  describe: {
    ...describeBatchCall('The report: what became of each line', describeAddress().answers, [409]),
    query: describeAddress().query,
  },
  handle: async (request) => {
    const { batchId, state } = await findBatch(context, request);
    if (!isOver(state)) {
      throw new ProblemError(409, 'batch_not_finished', 'The report is written when all jobs of the batch have ended.');
    }
    const { bucket, presignGet } = context.objects;
    return leadTo(request, () => presignGet({ bucket, key: reportKey(batchId, format) }));
  },
});

/**
 * The batch that the path names.
 *
 * @throws {ProblemError} 404 if it does not exist or belongs to another caller: the answer must not tell which
 */
export const findBatch = async ({ table }: Pick<ApiContext, 'table'>, request: ApiRequest): Promise<Batch> => {
  const caller = request.caller();
  const batchId = readId(request, 'batchId');
  const batch = batchId === undefined ? undefined : await getBatch(table, batchId);
  if (batch === undefined || batch.caller !== caller) throw unknownBatch();
  return batch;
};

/** The answer for a batch that does not exist. */
export const unknownBatch = (): ProblemError => new ProblemError(404, 'unknown_batch_id', 'There is no such batch.');
