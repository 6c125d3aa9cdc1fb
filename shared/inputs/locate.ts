import type { Table } from '../aws/table.ts';
import { getBatch } from '../batches/batch-store.ts';
import { isOwnFile, parseOutputKey } from '../deployment/bucket.ts';
import { GatewayError } from '../errors.ts';
import { hasOutputs } from '../jobs/job.ts';
import { getJob } from '../jobs/job-store.ts';
import type { GatewaySource } from './sources.ts';

/** Where an input lies in S3. */
export interface InputLocation {
  bucket: string;
  key: string;
}

/** From which buckets inputs are read. */
export interface InputBuckets {
  /** The gateway's own, in which callers see what is theirs. */
  own: string;
  /** Others, which every caller may use. */
  shared: readonly string[];
}

// S3 takes no longer ones, in UTF-8.
const maxKeyBytes = 1_024;

/**
 * Finds the object of a source, if the caller may use it.
 *
 * @throws {InputError} if not, or if the job that should have made it has not
 */
export const locateInput = async (
  table: Table,
  buckets: InputBuckets,
  caller: string,
  source: GatewaySource,
): Promise<InputLocation> => {
  if (source.kind === 'job') return findOutput(table, caller, source);
  const { bucket, key } = source;
  if (!key.isWellFormed() || Buffer.byteLength(key) > maxKeyBytes) {
    throw new InputError('not_found', 'no object in S3 can have this key');
  }
  if (buckets.shared.includes(bucket)) return { bucket, key };
  if (bucket !== buckets.own) {
    throw new InputError('forbidden', 'the gateway reads no inputs from this bucket; see its setting inputBuckets');
  }
  if (isOwnFile(caller, key)) return { bucket, key };
  const owner = parseOutputKey(key);
  if (owner !== undefined && (await isOwnOutput(table, owner, caller))) return { bucket, key };
  throw new InputError('forbidden', 'only your own uploads, inbox and outputs can be named in this bucket');
};

/** Outputs with names of a batch lie in a folder of the batch, all others in one of their job. */
const isOwnOutput = async (table: Table, id: string, caller: string): Promise<boolean> =>
  ((await getJob(table, id)) ?? (await getBatch(table, id)))?.caller === caller;

const findOutput = async (
  table: Table,
  caller: string,
  { jobId, output }: Extract<GatewaySource, { kind: 'job' }>,
): Promise<InputLocation> => {
  const job = await getJob(table, jobId);
  // Another caller's job must not be told apart from none.
  if (job?.caller !== caller) throw new InputError('not_found', 'there is no such job');
  if (!hasOutputs(job.state)) throw new InputError('not_ready', `the job is ${job.state}, not succeeded`);
  const outputs = job.outputs ?? [];
  const found = outputs[output];
  if (found === undefined) {
    throw new InputError('not_found', `the job has ${outputs.length} outputs, counted from 0`);
  }
  return { bucket: found.bucket, key: found.key };
};

/** Why an input cannot be used. */
export type InputProblem =
  | 'forbidden'
  | 'not_found'
  | 'not_ready'
  | 'wrong_type'
  | 'too_large'
  | 'too_many'
  | 'expired';

/** An input that the caller may not use, or that Adobe could not. The message may be shown to the caller. */
export class InputError extends GatewayError {
  readonly problem: InputProblem;

  /** @param problem what is wrong with it */
  constructor(problem: InputProblem, message: string) {
    super(`input_${problem}`, message);
    this.problem = problem;
  }
}
