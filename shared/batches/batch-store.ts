import { condition } from '../aws/expressions.ts';
import { getItem, type ItemKey, putNew, type Table, updateItem } from '../aws/table.ts';
import { type Batch, type BatchState, noEnds, noLines } from './batch.ts';
import { batchKey, openBatches, parseBatch, unpublishedBatch } from './batch-item.ts';

/** What a batch begins with. */
export type NewBatch = Pick<
  Batch,
  'batchId' | 'caller' | 'source' | 'priority' | 'retryOf' | 'requestHash' | 'retentionSeconds'
>;

/**
 * Writes a new batch unless its id is taken: the id follows from what the batch was made of, so one conditional put decides.
 *
 * @param checkAtMs when dispatch looks at it, in epoch ms: at once, or once its creator must have died
 * @returns the batch that is in the table now and whether this call put it there
 */
export const createBatch = async (
  table: Table,
  batch: NewBatch,
  checkAtMs: number,
): Promise<{ created: boolean; batch: Batch }> => {
  const now = new Date(table.clock.now()).toISOString();
  const reading: Batch = {
    ...batch,
    state: 'reading',
    ...noLines,
    counts: noEnds,
    revision: 0,
    run: 0,
    readAttempts: 0,
    createdAt: now,
    updatedAt: now,
  };
  const { created, item } = await putNew(table, {
    ...batchKey(batch.batchId),
    ...reading,
    // Part of the key of an index, where an empty text is not allowed.
    caller: batch.caller === '' ? undefined : batch.caller,
    queueState: openBatches,
    queueOrder: new Date(checkAtMs).toISOString(),
  });
  return { created, batch: created ? reading : parseBatch(item) };
};

/**
 * Reads a batch as it is now (strongly consistent); undefined if there is none or its time is over.
 *
 * @throws {UnreadableItemError} if the item is not a whole batch
 */
export const getBatch = async (table: Table, batchId: string): Promise<Batch | undefined> => {
  const item = await getItem(table, batchKey(batchId));
  return item && parseBatch(item);
};

const finalStates: readonly BatchState[] = ['finished', 'refused'];

const error: Batch['error'] = {
  code: 'batch_unprocessable',
  message: 'The record of the batch cannot be read any more, so that the batch cannot go on. Send the file again.',
};

/** Ends a batch whose record cannot be read, so that dispatch does not meet it at every run. */
export const setAsideBatch = async (table: Table, key: ItemKey): Promise<void> => {
  const at = new Date(table.clock.now()).toISOString();
  await updateItem(table, key, {
    set: { state: 'refused', error, updatedAt: at, finishedAt: at, unpublished: unpublishedBatch },
    remove: ['queueState', 'queueOrder'],
    when: condition`attribute_exists(#pk) AND NOT #state IN (${finalStates})`,
  });
};
