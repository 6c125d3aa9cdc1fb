import { condition } from '../aws/expressions.ts';
import { type ItemKey, type Table, updateItem } from '../aws/table.ts';
import type { Batch, BatchState } from './batch.ts';
import { unpublishedBatch } from './batch-item.ts';

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
