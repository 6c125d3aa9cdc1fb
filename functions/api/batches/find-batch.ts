import type { Batch } from '#shared/batches/batch.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import type { Gateway } from '../context.ts';
import { ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';

const batchIdPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The batch that the path names.
 *
 * @throws {ProblemError} 404 if there is none or it is another caller's: the two must not be told apart
 */
export const findBatch = async ({ table }: Pick<Gateway, 'table'>, request: ApiRequest): Promise<Batch> => {
  const caller = request.caller();
  const batchId = request.params['batchId']?.toLowerCase() ?? '';
  const batch = batchIdPattern.test(batchId) ? await getBatch(table, batchId) : undefined;
  if (batch === undefined || batch.caller !== caller) throw unknownBatch();
  return batch;
};

/** The answer for a batch that is not there. */
export const unknownBatch = (): ProblemError => new ProblemError(404, 'unknown_batch_id', 'There is no such batch.');
