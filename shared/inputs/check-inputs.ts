import type { S3Client } from '@aws-sdk/client-s3';
import type { JobTable } from '../jobs/job-store.ts';
import { InputError, type InputProblem } from './input-error.ts';
import { inspectInput } from './inspect.ts';
import { type InputBuckets, locateInput } from './locate.ts';
import { gatewaySourcesIn } from './sources.ts';

/** What looking at inputs takes. */
export interface InputParts {
  s3: S3Client;
  table: JobTable;
  buckets: InputBuckets;
  /** Largest input, in bytes. */
  maxBytes: number;
}

/** One wrong input of a request. */
export interface InputFinding {
  /** Path to the source's URL inside the body. */
  path: (string | number)[];
  problem: InputProblem;
  message: string;
}

/**
 * Checks every input of a request that the gateway has to bring to Adobe, before the request costs a permit.
 *
 * @returns what is wrong; empty if nothing is, or if there are no such inputs
 */
export const checkInputs = async (parts: InputParts, caller: string, body: unknown): Promise<InputFinding[]> => {
  const findings = await Promise.all(
    gatewaySourcesIn(body).map(async ({ path, source }): Promise<InputFinding | undefined> => {
      try {
        await inspectInput(parts.s3, await locateInput(parts.table, parts.buckets, caller, source), parts.maxBytes);
        return undefined;
      } catch (error) {
        if (error instanceof InputError) return { path, problem: error.problem, message: error.message };
        throw error;
      }
    }),
  );
  return findings.filter((finding) => finding !== undefined);
};
