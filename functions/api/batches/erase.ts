import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import { type Batch, isOver } from '#shared/batches/batch.ts';
import { requestBatchErasure } from '#shared/batches/batch-progress.ts';
import { batchIdOfRetry, getBatch } from '#shared/batches/batch-store.ts';
import { tryPublishEnded } from '#shared/outbox/publish-ended.ts';
import type { ApiContext } from '../context.ts';
import { auditChange } from '../http/audit.ts';
import { ProblemError } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { findBatch, unknownBatch } from './find.ts';
import { acceptedAnswer, acceptedResponse, describeBatchCall } from './view.ts';

const again = (seconds: number) => ({ headers: { 'retry-after': String(seconds) } });

/**
 * Erases a batch that has ended, with all that it is made of. There may be more than one request has time for: the request is
 * written down, and inbox does it, however often it is interrupted. Until then the batch is there as `erasing`.
 */
export const eraseRoute = (context: ApiContext): Route => ({
  method: 'DELETE',
  path: '/batches/{batchId}',
  describe: {
    ...describeBatchCall('Erase a batch that has ended', { 202: acceptedAnswer }, [409, 503]),
    description:
      'With its file, its reports and receipt, and its jobs with their outputs; of a file in a bucket of `inputBuckets` only what the gateway made of it. Repeat the call, or read the batch, until it answers 404.',
  },
  handle: async (request) => {
    const { table } = context;
    let batch = await findBatch(context, request);
    for (;;) {
      if (batch.state === 'erasing') return acceptedResponse(batch, request);
      if (!isOver(batch.state)) {
        throw new ProblemError(409, 'batch_not_finished', 'The batch has not finished yet: cancel it first.');
      }
      await requireNoReader(context, batch);
      const erasing = await requestBatchErasure(table, batch.batchId);
      if (erasing !== undefined) {
        await auditChange(context, request, 'batch erased', { batchId: batch.batchId });
        await tryTriggerDispatch(context);
        return acceptedResponse(erasing, request);
      }
      const current = await getBatch(table, batch.batchId);
      if (current === undefined) throw unknownBatch();
      batch = current;
      // Nothing else remembers that its end is to be published.
      if (isOver(batch.state) && !(await tryPublishEnded(context, batch))) {
        throw new ProblemError(
          503,
          'service_unavailable',
          'The batch cannot be erased just now: try again.',
          again(60),
        );
      }
    }
  },
});

/** @throws {ProblemError} 409 while a retry of the batch reads which of its jobs have failed */
const requireNoReader = async ({ table }: ApiContext, { batchId }: Batch): Promise<void> => {
  if ((await getBatch(table, batchIdOfRetry(batchId)))?.state !== 'reading') return;
  const message = 'A retry is reading which jobs of the batch have failed: try again in a minute.';
  throw new ProblemError(409, 'batch_not_read', message, again(60));
};
