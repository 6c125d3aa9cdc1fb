import { v5, v7 } from 'uuid';
import { createItemParser } from '../aws/items.ts';
import { jobPartitions } from '../deployment/tables.ts';
import { type BatchSource, batchSchema } from './batch.ts';

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

const files = '6e0b8c8e-9d0c-5f3a-8a52-0d1f6b7c4e21';
const calls = 'c2a4d7f0-3b1e-5d68-97e4-5a6b8c0d2f13';

/** The id of the batch that a caller's file is: the same version of the same object is the same batch. */
export const batchIdOfFile = (caller: string, { bucket, key, versionId, etag }: BatchSource): string =>
  v5(JSON.stringify([caller, bucket, key, versionId ?? etag ?? '']), files);

/** The id of a batch that was asked for: with an idempotency key the same call is the same batch. */
export const batchIdOfCall = (stackName: string, caller: string, key: string | undefined): string =>
  key === undefined ? v7() : v5(JSON.stringify([caller, key]), v5(stackName, calls));

/** The id of the batch that tries the failed jobs of another one again: there is one. */
export const batchIdOfRetry = (batchId: string): string => v5('retry', batchId);

/** The id of the job that a line becomes, from 1; a line that is read again finds the same job. */
export const jobIdOfLine = (batchId: string, line: number): string => v5(String(line), batchId);
