import { PutObjectCommand } from '@aws-sdk/client-s3';
import { withoutQueries } from '#shared/adobe/http/errors.ts';
import { isDestination } from '#shared/adobe/services/body-texts.ts';
import { hashCaller, manifestKey } from '#shared/deployment/bucket.ts';
import { isExactNumber } from '#shared/exact-json.ts';
import { exactRequestOf, type Job } from '#shared/jobs/job.ts';
import type { SentJob } from '#shared/jobs/job-store.ts';
import { warnOfOutputs } from '#shared/jobs/stored-output.ts';
import type { JobEnd } from '#shared/jobs/transitions.ts';
import { type AdobeAnswer, AnswerUnavailableError } from './adobe-answer.ts';
import type { GenerateContext } from './context.ts';

/**
 * Writes job.json beside the outputs: what was asked for and what came of it, for as long as the files are kept. It lists every
 * output, also where the record of the job does not.
 */
export const writeManifest = async (
  { s3, buckets }: GenerateContext,
  { job, request }: SentJob,
  { to, outputs = [], errors, warnings }: JobEnd,
  answer: AdobeAnswer,
): Promise<void> => {
  const { jobId, operation, modelVersion, createdAt, history, upstream, requested, received } = job;
  const manifest = {
    jobId,
    // Its record may be gone when everything of the caller's is to be erased.
    caller: hashCaller(job.caller),
    operation,
    modelVersion,
    request: request && hideDestinations(exactRequestOf(request)),
    result: await readWholeResult(job, answer),
    upstream: { jobId: upstream?.jobId, acceptedAt: upstream?.acceptedAt },
    createdAt,
    states: history,
    state: to,
    requested,
    received,
    errors,
    warnings: [...(warnings ?? job.warnings), ...warnOfOutputs({ ...job, state: to, errors })],
    outputs: outputs.map(({ bucket: _, fields: __, ...output }) => output),
  };
  await s3.send(
    new PutObjectCommand({
      Bucket: buckets.own,
      Key: manifestKey(job),
      Body: `${JSON.stringify(manifest, undefined, 2)}\n`,
      ContentType: 'application/json',
    }),
  );
};

/** A request without what opens the caller's destinations: the signatures in their URLs. */
const hideDestinations = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(hideDestinations);
  if (typeof value !== 'object' || value === null || isExactNumber(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isDestination(name) ? JSON.parse(withoutQueries(JSON.stringify(inner))) : hideDestinations(inner),
    ]),
  );
};

/** More than the record has, unless Adobe does not tell it again after a crash. */
const readWholeResult = async (job: Job, answer: AdobeAnswer): Promise<Job['result']> => {
  if (job.isAbridged !== true) return job.result;
  try {
    return (await answer.get(job)).wholeResult ?? job.result;
  } catch (error) {
    if (!(error instanceof AnswerUnavailableError)) throw error;
    return job.result;
  }
};
