import { dispatchNow } from '#shared/aws/invoke-dispatch.ts';
import { isOver } from '#shared/batches/batch.ts';
import { requestBatchCancel } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import type { Gateway } from '../context.ts';
import { ProblemError } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { acceptedBatch } from './batch-answers.ts';
import { findBatch, unknownBatch } from './find-batch.ts';
import { accepted, onBatch } from './view.ts';

/** Cancels a batch: what waits ends without having cost anything, what Adobe works on is cancelled there. */
export const batchCancel = (gateway: Gateway): Route => ({
  method: 'PUT',
  path: '/batches/{batchId}/cancel',
  describe: onBatch('Cancels what has not ended', { 202: accepted }, [409]),
  handle: async (request) => {
    let batch = await findBatch(gateway, request);
    for (;;) {
      if (batch.state === 'reporting' || isOver(batch.state)) {
        throw new ProblemError(409, 'batch_ended', 'All jobs of the batch have ended.');
      }
      const asked = await requestBatchCancel(gateway.table, batch);
      if (asked !== undefined) {
        await dispatchNow(gateway);
        return acceptedBatch(asked, request);
      }
      const current = await getBatch(gateway.table, batch.batchId);
      if (current === undefined) throw unknownBatch();
      batch = current;
    }
  },
});
