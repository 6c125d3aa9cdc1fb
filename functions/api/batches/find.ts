import type { Batch } from '#shared/batches/batch.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import type { ApiContext } from '../context.ts';
import { ProblemError } from '../http/problem.ts';
import { type ApiRequest, readId } from '../http/request.ts';

/**
 * The batch that the path names.
 *
 * @throws {ProblemError} 404 if it does not exist or belongs to another caller: the answer must not tell which
 */
export const findBatch = async ({ table }: Pick<ApiContext, 'table'>, request: ApiRequest): Promise<Batch> => {
  const caller = request.caller();
  const batchId = readId(request, 'batchId');
  const batch = batchId === undefined ? undefined : await getBatch(table, batchId);
  if (batch === undefined || batch.caller !== caller) throw unknownBatch();
  return batch;
};

/** The same, unless it is being erased. */
export const findKeptBatch = async (context: Pick<ApiContext, 'table'>, request: ApiRequest): Promise<Batch> =>
  requireKept(await findBatch(context, request));

/** The answer for a batch that does not exist. */
export const unknownBatch = (): ProblemError => new ProblemError(404, 'unknown_batch_id', 'There is no such batch.');

/**
 * @returns the batch
 * @throws {ProblemError} 409 if it is being erased
 */
export const requireKept = (batch: Batch): Batch => {
  if (batch.state !== 'erasing') return batch;
  throw new ProblemError(409, 'batch_erasing', 'The batch is being erased.', {
    headers: { 'retry-after': '60' },
  });
};
