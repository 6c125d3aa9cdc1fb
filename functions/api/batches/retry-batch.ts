import { dispatchNow } from '#shared/aws/invoke-dispatch.ts';
import { isOver } from '#shared/batches/batch.ts';
import { batchIdOfRetry } from '#shared/batches/batch-identity.ts';
import { createBatch } from '#shared/batches/batch-store.ts';
import type { Gateway } from '../context.ts';
import { ProblemError } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { acceptedBatch } from './batch-answers.ts';
import { findBatch } from './find-batch.ts';
import { accepted, onBatch } from './view.ts';

/** Tries the jobs of a batch again that failed or timed out, as a batch of its own. Asked again it is the same one. */
export const batchRetry = (gateway: Gateway): Route => ({
  method: 'POST',
  path: '/batches/{batchId}/retry',
  describe: onBatch('Tries the failed jobs again, as a new batch', { 202: accepted }, [409]),
  handle: async (request) => {
    const { table, retentionSeconds } = gateway;
    const { batchId, caller, state, priority, counts } = await findBatch(gateway, request);
    if (!isOver(state)) throw new ProblemError(409, 'batch_not_finished', 'The batch has not finished yet.');
    if (counts.failed + counts.timed_out === 0) {
      throw new ProblemError(409, 'nothing_failed', 'No job of the batch has failed.');
    }
    const retry = { batchId: batchIdOfRetry(batchId), caller, priority, retryOf: batchId, retentionSeconds };
    const { batch } = await createBatch(table, retry, table.clock.now());
    await dispatchNow(gateway);
    return acceptedBatch(batch, request);
  },
});
