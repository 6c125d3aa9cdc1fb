import type { S3Client } from '@aws-sdk/client-s3';
import type { Table } from '../aws/table.ts';
import { describeExpired, findExpiringUrls, isExpired } from './expiring-urls.ts';
import { type InputLimits, type InspectedInput, inspectInput } from './inspect.ts';
import { type InputBuckets, InputError, type InputProblem, locateInput } from './locate.ts';
import { findGatewaySources, maxGatewaySources, tooManySources } from './sources.ts';
import { findForeignUploads, findUploadIds, maxUploads, unknownUpload } from './upload-owners.ts';
import { findWebSources, maxWebSources, tooManyWebSources } from './web-sources.ts';

/** Whether a request names anything that each turn of its job has to look at, or to bring to its service. */
export const hasPreparedInputs = (body: unknown): boolean =>
  findGatewaySources(body).length > 0 || findWebSources(body).length > 0 || findExpiringUrls(body).length > 0;

/** What looking at inputs takes. */
export interface InputContext {
  s3: S3Client;
  table: Table;
  buckets: InputBuckets;
  /** Largest input that is uploaded to Adobe's storage, in bytes. */
  maxBytes: number;
}

/** One wrong input of a request. */
export interface InputFinding {
  /** Path to the source's URL inside the body. */
  path: (string | number)[];
  problem: InputProblem;
  message: string;
}

/** What looking at the inputs of a request told. */
export interface CheckedInputs {
  /** What is wrong; empty if nothing is, or if there are no such inputs. */
  findings: InputFinding[];
  /** When the latest of them was written, in epoch ms, whole seconds; undefined if there are none. */
  changedAt?: number;
}

/**
 * Checks every input of a request, before the request costs a permit: what Adobe cannot read itself is looked at, a presigned
 * URL must not have expired, and an upload must not be another caller's.
 *
 * @param limits what the operation takes
 */
export const checkInputs = async (
  context: InputContext,
  { caller, body, limits }: { caller: string; body: unknown; limits: InputLimits },
): Promise<CheckedInputs> => {
  const expired = findExpiringUrls(body).filter((url) => isExpired(url, context.table.clock.now()));
  const sources = findGatewaySources(body);
  const tooMany = sources[maxGatewaySources];
  if (tooMany !== undefined) {
    return { findings: [{ path: tooMany.path, problem: 'too_many', message: tooManySources }] };
  }
  if (limits.isUploaded && findWebSources(body).length > maxWebSources) {
    return { findings: [{ path: [], problem: 'too_many', message: tooManyWebSources }] };
  }
  const uploads = findUploadIds(body);
  const tooManyUploads = uploads[maxUploads];
  if (tooManyUploads !== undefined) {
    const message = `a request can name at most ${maxUploads} uploads`;
    return { findings: [{ path: tooManyUploads.path, problem: 'too_many', message }] };
  }
  const foreign = await findForeignUploads(context.table, caller, uploads);
  const checked = await Promise.all(
    sources.map(async ({ path, source }): Promise<InputFinding | InspectedInput> => {
      try {
        const location = await locateInput(context.table, context.buckets, caller, source);
        return await inspectInput(context.s3, location, limits, path);
      } catch (error) {
        if (error instanceof InputError) return { path, problem: error.problem, message: error.message };
        throw error;
      }
    }),
  );
  const times = checked.filter((input) => 'changedAt' in input).map(({ changedAt }) => changedAt);
  return {
    findings: [
      ...expired.map((url): InputFinding => ({ path: url.path, problem: 'expired', message: describeExpired(url) })),
      ...uploads
        .filter(({ text }) => foreign.has(text))
        .map(({ path }): InputFinding => ({ path, problem: 'not_found', message: unknownUpload })),
      ...checked.filter((input) => 'problem' in input),
    ],
    changedAt: times.length === 0 ? undefined : Math.max(...times),
  };
};
