import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import { isOver } from '#shared/batches/batch.ts';
import { requestBatchCancel } from '#shared/batches/batch-progress.ts';
import { batchIdOfRetry, createBatch, getBatch } from '#shared/batches/batch-store.ts';
import type { ApiContext } from '../context.ts';
import { ProblemError } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { findBatch, unknownBatch } from './get.ts';
import { acceptedAnswer, acceptedResponse, describeBatchCall } from './view.ts';

/** Cancels a batch: waiting jobs end at no cost, jobs at Adobe are cancelled there. */
export const cancelRoute = (context: ApiContext): Route => ({
  method: 'PUT',
  path: '/batches/{batchId}/cancel',
  describe: describeBatchCall('Cancel the jobs that have not ended', { 202: acceptedAnswer }, [409]),
  handle: async (request) => {
    let batch = await findBatch(context, request);
    for (;;) {
      if (batch.state === 'reporting' || isOver(batch.state)) {
        throw new ProblemError(409, 'batch_ended', 'All jobs of the batch have ended.');
      }
      const asked = await requestBatchCancel(context.table, batch);
      if (asked !== undefined) {
        await tryTriggerDispatch(context);
        return acceptedResponse(asked, request);
      }
      const current = await getBatch(context.table, batch.batchId);
      if (current === undefined) throw unknownBatch();
      batch = current;
    }
  },
});

/** Retries the jobs of a batch that failed or timed out, as a new batch; a repeated call finds the same new batch. */
export const retryRoute = (context: ApiContext): Route => ({
  method: 'POST',
  path: '/batches/{batchId}/retry',
  describe: describeBatchCall('Retry the failed jobs as a new batch', { 202: acceptedAnswer }, [409]),
  handle: async (request) => {
    const { table, settings } = context;
    const { batchId, caller, state, priority, counts } = await findBatch(context, request);
    if (!isOver(state)) throw new ProblemError(409, 'batch_not_finished', 'The batch has not finished yet.');
    if (counts.failed + counts.timed_out === 0) {
      throw new ProblemError(409, 'nothing_failed', 'No job of the batch has failed.');
    }
    const { retentionSeconds } = settings;
    const retry = { batchId: batchIdOfRetry(batchId), caller, priority, retryOf: batchId, retentionSeconds };
    const { batch } = await createBatch(table, retry, table.clock.now());
    await tryTriggerDispatch(context);
    return acceptedResponse(batch, request);
  },
});
