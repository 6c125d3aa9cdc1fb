import { HeadObjectCommand, S3ServiceException } from '@aws-sdk/client-s3';
import type { Unsuccessful } from '#shared/adobe/services/job-progress.ts';
import type { PollOutcome } from '#shared/adobe/services/job-status.ts';
import { operationOf, serviceOf } from '#shared/adobe/services/registry.ts';
import { incomingKey } from '#shared/deployment/bucket.ts';
import { type Job, requestOf } from '#shared/jobs/job.ts';
import type { LostAnswer } from '#shared/jobs/lost-answer.ts';
import { readRequest } from '#shared/jobs/request-store.ts';
import { unknownOutcome } from '#shared/jobs/set-aside.ts';
import type { GenerateContext } from './context.ts';
import { hasKeptAnswer, isSynchronous, readKeptProgress } from './kept-answer.ts';

/** What the bucket tells of a job whose answer was lost: its outputs, or the answer that was kept before its execution died. */
export const lookForTraces = async (context: GenerateContext, job: Job, lost: LostAnswer): Promise<PollOutcome> => {
  if (!isSynchronous(job)) return lookForOutputs(context, job);
  // No answer comes any more: the execution that waited for it is dead.
  return (await hasKeptAnswer(context, job)) ? readKeptProgress(context, job) : describeUnknown(lost);
};

/**
 * What the outputs of a job say whose answer was lost: once all of them lie where its request told Adobe to write them, the job is
 * done. Each is written by one request, so that an object that is there is whole.
 */
const lookForOutputs = async (context: GenerateContext, job: Job): Promise<PollOutcome> => {
  const { incoming = 0 } = job;
  const operation = operationOf(job);
  const stored = await readRequest(context.table, job);
  if (stored === undefined || incoming === 0 || operation.destinations?.presume === undefined)
    return { kind: 'running' };
  const keys = Array.from({ length: incoming }, (_, index) => incomingKey(job, index));
  for (const key of keys) {
    if (!(await isThere(context, key))) return { kind: 'running' };
  }
  // The URLs stand for the outputs only; these are read by their keys.
  const body = operation.destinations.presume(
    requestOf(stored),
    keys.map((key) => `https://incoming.invalid/${key}`),
  );
  const progress = serviceOf(operation).dialect.readStatus(body, operation);
  return progress?.kind === 'succeeded' ? progress : { kind: 'running' };
};

const isThere = async ({ s3, buckets }: GenerateContext, key: string): Promise<boolean> => {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: buckets.own, Key: key }));
    return true;
  } catch (error) {
    // S3 returns 403 for a missing object unless the role may list the bucket.
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status === 404 || status === 403) return false;
    throw error;
  }
};

/** How a job ends whose request may have reached Adobe while its answer was lost. */
export const describeUnknown = ({ reason }: LostAnswer): Unsuccessful => ({
  kind: 'failed',
  code: unknownOutcome.code,
  message: `${reason} Adobe may have taken the job, and it was not sent again, as it may be billed.`,
});
