import type { Finished } from '#shared/adobe/services/job-progress.ts';
import { type PollOutcome, readProgress, renewOutputs } from '#shared/adobe/services/job-status.ts';
import { isFailedOutput, type ListedOutput, type Reason } from '#shared/adobe/services/outputs.ts';
import { operationOf } from '#shared/adobe/services/registry.ts';
import { limitResult } from '#shared/adobe/services/result-template.ts';
import { GatewayError } from '#shared/errors.ts';
import type { Job } from '#shared/jobs/job.ts';
import type { GenerateContext } from './context.ts';
import { readKeptProgress } from './kept-answer.ts';
import { limitPolls } from './limited-polls.ts';
import { lookForTraces } from './lost-answer.ts';

/** What is kept of an answer. */
export interface KeptAnswer {
  /** As Adobe lists them; they are numbered by their places. */
  outputs: ListedOutput[];
  /** The result as far as a job's record can hold it. */
  result: Record<string, unknown>;
  /** All of it, if that is more. */
  wholeResult?: Record<string, unknown>;
  reason?: Reason;
}

/**
 * Adobe's answer about a finished job, held in memory for as long as the invocation lasts: the URLs in it are presigned, so that
 * no durable step may hold them. After a crash Adobe is asked for it again.
 */
export interface AdobeAnswer {
  keep(finished: Finished): void;
  /** @throws {AnswerUnavailableError} */
  get(job: Job): Promise<KeptAnswer>;
  /**
   * Asks for an answer with fresh URLs.
   *
   * @throws {AnswerUnavailableError}
   */
  askAgain(job: Job): Promise<KeptAnswer>;
}

/** Adobe has finished the job, and does not say again what came of it. */
export class AnswerUnavailableError extends GatewayError {
  constructor() {
    super('answer_unavailable', 'Adobe finished the job and does not tell its outputs any more.');
  }
}

/**
 * Asks once what came of a job: Adobe at the job's status URL, or the bucket for the answer to a synchronous call. Of a job that is
 * being stored, some services tell the outputs elsewhere once its status is gone.
 */
export const askAdobe = async (context: GenerateContext, job: Job): Promise<PollOutcome> => {
  const { allowsStatus: allows } = context;
  const { statusUrl } = job.upstream ?? {};
  if (job.lostAnswer !== undefined) return lookForTraces(context, job, job.lostAnswer);
  if (statusUrl === undefined) return readKeptProgress(context, job);
  const operation = operationOf(job);
  const call = limitPolls(context, job);
  const progress = await readProgress(statusUrl, operation, call);
  if (progress.kind !== 'not_found' || job.state !== 'storing') return progress;
  return (await renewOutputs(job.result ?? {}, operation, { call, allows })) ?? progress;
};

/** An answer that nothing is known of yet. */
export const createAdobeAnswer = (context: GenerateContext): AdobeAnswer => {
  let known: KeptAnswer | undefined;
  const keep = (finished: Finished): KeptAnswer => {
    known = limitFinished(finished);
    return known;
  };
  const askAgain = async (job: Job): Promise<KeptAnswer> => {
    const { statusUrl } = job.upstream ?? {};
    if (statusUrl !== undefined && !context.allowsStatus(statusUrl)) throw new AnswerUnavailableError();
    const progress = await askAdobe(context, job);
    if (progress.kind !== 'succeeded') throw new AnswerUnavailableError();
    return keep(progress);
  };
  return { keep, get: async (job) => known ?? askAgain(job), askAgain };
};

// Adobe's answers are small. These keep a broken one from bursting the record of the job (400 KB) or a step (256 KB).
const maxOutputs = 1_000;
const maxResultBytes = 64 * 1024;
const maxFieldsBytes = 1_024;

/** What is kept of an answer; of more outputs than that, one more place says so. */
export const limitFinished = ({ outputs, result, reason, isPartial }: Finished): KeptAnswer => {
  const listed: ListedOutput[] = outputs
    .slice(0, maxOutputs)
    .map((output) =>
      output === undefined || isFailedOutput(output)
        ? output
        : { ...output, fields: output.fields && limitResult(output.fields, maxFieldsBytes).result },
    );
  if (outputs.length > maxOutputs) {
    const message = `Adobe made ${outputs.length} outputs, of which a job keeps ${maxOutputs}. Ask for fewer in one request.`;
    listed.push({ error: { code: 'too_many_outputs', message } });
  }
  const isExplained = listed.some((output) => output === undefined || isFailedOutput(output));
  const { result: fitting, isCut } = limitResult(result, maxResultBytes);
  return {
    outputs: isPartial === true && !isExplained ? [...listed, { error: reason ?? partlyDone }] : listed,
    result: fitting,
    wholeResult: isCut ? result : undefined,
    reason,
  };
};

const partlyDone: Reason = {
  code: 'partially_succeeded',
  message: 'Adobe did only a part of the job, and does not say which.',
};
