import { v5, v7 } from 'uuid';
import { condition } from '../aws/expressions.ts';
import { createItemParser } from '../aws/items.ts';
import { getItem, type ItemKey, putNew, queryPages, type Table, updateItem } from '../aws/table.ts';
import { jobPartitions } from '../deployment/tables.ts';
import { type Batch, type BatchSource, type BatchState, batchSchema, noEnds, noLines } from './batch.ts';

/** What a batch begins with. */
export type NewBatch = Pick<
  Batch,
  | 'batchId'
  | 'caller'
  | 'source'
  | 'priority'
  | 'outputName'
  | 'labels'
  | 'waiting'
  | 'retryOf'
  | 'requestHash'
  | 'retentionSeconds'
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
    createdOrder: batchOrder(now, batch.batchId),
    queueState: openBatches,
    queueOrder: new Date(checkAtMs).toISOString(),
  });
  return { created, batch: created ? reading : parseBatch(item) };
};

/**
 * Writes which object holds the requests of a new batch, and has dispatch look at it now.
 *
 * @returns the batch as it is then: another call may have been faster, or dispatch
 */
export const attachInput = async (table: Table, batch: Batch, source: BatchSource): Promise<Batch> => {
  const now = new Date(table.clock.now()).toISOString();
  const reading = condition`#state = ${'reading' satisfies BatchState} AND #run = ${0}`;
  const item = await updateItem(table, batchKey(batch.batchId), {
    set: { source, updatedAt: now, queueOrder: now },
    when: condition`${reading} AND attribute_not_exists(#source.#etag) AND attribute_not_exists(#source.#versionId)`,
  });
  return item === undefined ? ((await getBatch(table, batch.batchId)) ?? batch) : parseBatch(item);
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

const finalStates: readonly BatchState[] = ['finished', 'refused', 'erasing'];

const error: Batch['error'] = {
  code: 'batch_unprocessable',
  message:
    'The record of the batch cannot be read or updated any more, so that the batch cannot go on. Send the file again under another name.',
};

/**
 * Ends a batch whose record cannot be read or written, so that dispatch does not meet it at every run. What makes the record large
 * goes.
 */
export const setAsideBatch = async (table: Table, key: ItemKey): Promise<void> => {
  const at = new Date(table.clock.now()).toISOString();
  await updateItem(table, key, {
    set: { state: 'refused', error, updatedAt: at, finishedAt: at, unpublished: unpublishedBatch },
    remove: ['queueState', 'queueOrder', 'warnings', 'columns'],
    when: condition`attribute_exists(#pk) AND NOT #state IN (${finalStates})`,
  });
};

/** The key of a batch's item. */
export const batchKey = (batchId: string) => ({ pk: jobPartitions.batch(batchId), sk: 'batch' });

/** What the order of a batch begins with. */
export const batchOrders = 'batch#';

/** The range key in the index of callers: batches stand behind all jobs, whose order begins with a year. */
const batchOrder = (createdAt: string, batchId: string): string => `${batchOrders}${createdAt}#${batchId}`;

/** The ids of a caller's batches, oldest first, expired ones included; eventually consistent. */
export async function* batchIdsOfCaller(table: Table, caller: string): AsyncGenerator<string> {
  const where = condition`#caller = ${caller} AND begins_with(#createdOrder, ${batchOrders})`;
  for await (const { Items = [] } of queryPages(table, { index: 'caller', where })) {
    for (const item of Items) yield String(item['createdOrder']).slice(-36);
  }
}

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

const files = '6e0b8c8e-9d0c-5f3a-8a52-0d1f6b7c4e21';
const calls = 'c2a4d7f0-3b1e-5d68-97e4-5a6b8c0d2f13';

/**
 * The id of the batch that a caller's file is: the same content (ETag) under the same key is the same batch, whichever version of
 * the object holds it, so that an upload which is repeated or copied onto itself costs nothing.
 */
export const batchIdOfFile = (caller: string, { bucket, key, versionId, etag }: BatchSource): string =>
  v5(JSON.stringify([caller, bucket, key, etag ?? versionId ?? '']), files);

/** The id of a batch that was asked for: with an idempotency key the same call is the same batch. */
export const batchIdOfCall = (stackName: string, caller: string, key: string | undefined): string =>
  key === undefined ? v7() : v5(JSON.stringify([caller, key]), v5(stackName, calls));

/** The id of the batch that tries the failed jobs of another one again: there is one. */
export const batchIdOfRetry = (batchId: string): string => v5('retry', batchId);

/** The id of the job that a line becomes, from 1; a line that is read again finds the same job. */
export const jobIdOfLine = (batchId: string, line: number): string => v5(String(line), batchId);
