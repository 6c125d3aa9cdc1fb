import { type Batch, endedJobs, isOver } from '#shared/batches/batch.ts';
import { findLane, fireflyLane } from '#shared/jobs/lanes/lane.ts';
import { turnsUntilLast } from '#shared/jobs/lanes/queue.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import { earliestSubmit } from '#shared/jobs/lanes/wait-estimate.ts';
import type { Gateway } from '../context.ts';
import { jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { batchLinks } from './batch-answers.ts';
import { batchRecord } from './batch-record.ts';
import { findBatch } from './find-batch.ts';
import { batchSchema, onBatch } from './view.ts';

/** How a batch is doing. */
export const batchShow = (gateway: Gateway): Route => ({
  method: 'GET',
  path: '/batches/{batchId}',
  describe: onBatch('How a batch is doing', {
    200: { description: 'The batch', content: { 'application/json': batchSchema } },
  }),
  handle: async (request) => {
    const batch = await findBatch(gateway, request);
    const estimatedEndAt = isOver(batch.state) ? undefined : await estimate(gateway, batch);
    return jsonResponse(200, { ...batchRecord(batch), estimatedEndAt, links: batchLinks(request, batch.batchId) });
  },
});

/** When the last job will be submitted at the earliest: what waits now at other priorities has its turns in between; ISO. */
const estimate = async ({ table, lanes }: Gateway, batch: Batch): Promise<string | undefined> => {
  const unread = (batch.lines ?? 0) - batch.jobs - batch.rejected - batch.skipped - batch.blank;
  const unfinished = Math.max(0, batch.jobs - endedJobs(batch) + Math.max(0, unread));
  const now = table.clock.now();
  if (unfinished === 0) return new Date(now).toISOString();
  const lane = findLane(lanes, fireflyLane);
  const [quota, ahead] = await Promise.all([readLane(lane), turnsUntilLast(lane, batch.priority, unfinished)]);
  const last = earliestSubmit(quota, lane.limits, ahead, now);
  return last === undefined ? undefined : new Date(last).toISOString();
};
