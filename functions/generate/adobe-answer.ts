import type { JobProgress } from '#shared/adobe/services/job-progress.ts';
import { readProgress } from '#shared/adobe/services/job-status.ts';
import { isFailedOutput } from '#shared/adobe/services/outputs.ts';
import { operationOf } from '#shared/adobe/services/registry.ts';
import { GatewayError } from '#shared/errors.ts';
import type { Job } from '#shared/jobs/job.ts';
import type { GenerateContext } from './context.ts';

/** What Adobe says of a job that has succeeded there. */
export type Finished = Extract<JobProgress, { kind: 'succeeded' }>;

/** What Adobe says of a job that has ended there without a result. */
export type Unsuccessful = Exclude<JobProgress, { kind: 'running' | 'succeeded' }>;

/**
 * Adobe's answer about a finished job, held in memory for as long as the invocation lasts: the URLs in it are presigned, so that
 * no durable step may hold them. After a crash Adobe is asked for it again.
 */
export interface AdobeAnswer {
  keep(finished: Finished): void;
  /** @throws {AnswerUnavailableError} */
  get(job: Job): Promise<Finished>;
  /**
   * Asks for an answer with fresh URLs.
   *
   * @throws {AnswerUnavailableError}
   */
  askAgain(job: Job): Promise<Finished>;
}

/** Adobe has finished the job, and does not say again what came of it. */
export class AnswerUnavailableError extends GatewayError {
  constructor() {
    super('answer_unavailable', 'Adobe finished the job and does not tell its outputs any more.');
  }
}

/** An answer that nothing is known of yet. */
export const createAdobeAnswer = ({ callAdobe, allowsStatus }: GenerateContext): AdobeAnswer => {
  let known: Finished | undefined;
  const keep = (finished: Finished): Finished => {
    known = limitFinished(finished);
    return known;
  };
  const askAgain = async (job: Job): Promise<Finished> => {
    const { statusUrl } = job.upstream ?? {};
    if (statusUrl === undefined || !allowsStatus(statusUrl)) throw new AnswerUnavailableError();
    const progress = await readProgress(statusUrl, operationOf(job), callAdobe);
    if (progress.kind !== 'succeeded') throw new AnswerUnavailableError();
    return keep(progress);
  };
  return { keep, get: async (job) => known ?? askAgain(job), askAgain };
};

// Adobe's answers are small. These keep a broken one from bursting the record of the job (400 KB) or a step (256 KB).
const maxOutputs = 100;
const maxResultBytes = 16_384;
const maxFieldsBytes = 1_024;

const limitFinished = ({ outputs, result, ...finished }: Finished): Finished => ({
  ...finished,
  outputs: outputs
    .slice(0, maxOutputs)
    .map((output) =>
      output === undefined || isFailedOutput(output)
        ? output
        : { ...output, fields: limitFields(output.fields, maxFieldsBytes) },
    ),
  result: limitFields(result, maxResultBytes) ?? {},
});

/** The fields that fit, in their order. */
const limitFields = (
  fields: Record<string, unknown> | undefined,
  maxBytes: number,
): Record<string, unknown> | undefined => {
  let left = maxBytes;
  const fitting = Object.entries(fields ?? {}).filter(([name, value]) => {
    const bytes = Buffer.byteLength(JSON.stringify([name, value]));
    if (bytes > left) return false;
    left -= bytes;
    return true;
  });
  return fitting.length === 0 ? undefined : Object.fromEntries(fitting);
};
