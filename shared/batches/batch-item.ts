import { createItemParser } from '../aws/items.ts';
import { batchSchema } from './batch.ts';

/** The key of a batch's item. */
export const batchKey = (batchId: string) => ({ pk: partitionOf(batchId), sk: 'batch' });

/** The partition of a batch: its item, and one for each line that is no job. */
export const partitionOf = (batchId: string): string => `batch#${batchId}`;

/** The part of the queue index in which batches stand that are not over. */
export const openBatches = 'batch';

/** The part of the index of unpublished ends that batches stand in. */
export const unpublishedBatch = 'batch';

/**
 * The batch in an item of the table.
 *
 * @throws {UnreadableItemError} if the item is not a whole batch
 */
export const parseBatch = createItemParser(batchSchema);
