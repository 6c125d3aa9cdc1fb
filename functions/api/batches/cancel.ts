import type { Table } from '#shared/aws/table.ts';
import { type Batch, isOver } from '#shared/batches/batch.ts';
import { requestBatchCancel } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { ProblemError } from '../http/problem.ts';
import { requireKept, unknownBatch } from './find.ts';

/**
 * Asks for a batch to be cancelled.
 *
 * @returns the batch as it is then
 * @throws {ProblemError} 409 if its jobs have ended or it is being erased, 404 if it is gone
 */
export const cancelBatch = async (table: Table, known: Batch): Promise<Batch> => {
  let batch = known;
  for (;;) {
    if (batch.state === 'reporting' || isOver(batch.state)) {
      throw new ProblemError(409, 'batch_ended', 'All jobs of the batch have ended.');
    }
    const asked = await requestBatchCancel(table, batch);
    if (asked !== undefined) return asked;
    const current = await getBatch(table, batch.batchId);
    if (current === undefined) throw unknownBatch();
    batch = requireKept(current);
  }
};
