import { createItemParser } from '../aws/items.ts';
import { jobPartitions } from '../deployment/tables.ts';
import { batchSchema } from './batch.ts';

/** The key of a batch's item. */
export const batchKey = (batchId: string) => ({ pk: jobPartitions.batch(batchId), sk: 'batch' });

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
