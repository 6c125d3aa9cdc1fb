import type { Batch } from './batch.ts';

/** The key of a batch's item. */
export const batchKey = (batchId: string) => ({ pk: partitionOf(batchId), sk: 'batch' });

/** The partition of a batch: its item, and one for each line that is no job. */
export const partitionOf = (batchId: string): string => `batch#${batchId}`;

/** The part of the queue index in which batches stand that somebody has to look at. */
export const openBatches = 'batch';

/** The part of the index of unpublished ends that batches stand in. */
export const unpublishedBatch = 'batch';

const tableAttributes = ['pk', 'sk', 'queueState', 'queueOrder', 'unpublished', 'expiresAt'] as const;

/** The batch in an item of the table, without the table's own attributes. */
export const batchOfItem = (item: Record<string, unknown>): Batch => {
  const batch: Record<string, unknown> = { caller: '', ...item };
  for (const attribute of tableAttributes) delete batch[attribute];
  return batch as unknown as Batch;
};
