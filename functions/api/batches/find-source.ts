import type { BatchSource } from '#shared/batches/batch.ts';
import { isOwnFile } from '#shared/inputs/caller-folders.ts';
import type { Gateway } from '../context.ts';
import { ProblemError } from '../http/problem.ts';

/**
 * Finds the file that a caller wants to be a batch, in its newest version.
 *
 * @throws {ProblemError} 422 for what is no address of S3 or a file that is not there, 403 for a file that is not the caller's
 */
export const findSource = async (
  { batchFiles, inputs }: Pick<Gateway, 'batchFiles' | 'inputs'>,
  caller: string,
  address: string,
): Promise<BatchSource> => {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(address) ?? [];
  if (key === '') throw wrongSource('is not an address such as s3://bucket/key');
  const isOwn = bucket === inputs.buckets.own && isOwnFile(caller, key);
  if (!isOwn && !inputs.buckets.shared.includes(bucket)) {
    throw new ProblemError(
      403,
      'source_not_allowed',
      "A file must lie in your inbox or your uploads in the gateway's bucket, or in a bucket of the setting inputBuckets.",
      { validationErrors: [{ loc: ['body', 'source'], msg: 'is not yours', type: 'value_error' }] },
    );
  }
  const source = await batchFiles.find(bucket, key);
  if (source === undefined) throw wrongSource('does not exist');
  return source;
};

const wrongSource = (problem: string): ProblemError =>
  new ProblemError(422, 'validation_error', `The source ${problem}.`, {
    validationErrors: [{ loc: ['body', 'source'], msg: problem, type: 'value_error' }],
  });
