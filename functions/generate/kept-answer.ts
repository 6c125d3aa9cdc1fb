import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3ServiceException } from '@aws-sdk/client-s3';
import type { JobProgress } from '#shared/adobe/services/job-progress.ts';
import { readSynchronous } from '#shared/adobe/services/job-status.ts';
import { operationOf } from '#shared/adobe/services/registry.ts';
import { answerKey } from '#shared/deployment/bucket.ts';
import type { Job } from '#shared/jobs/job.ts';
import type { GenerateContext } from './context.ts';

type Bucket = Pick<GenerateContext, 's3' | 'buckets'>;

/** Whether Adobe answers the job's request with the result. */
export const isSynchronous = (job: Pick<Job, 'operation'>): boolean => operationOf(job).synchronous !== undefined;

/**
 * Keeps the answer to a synchronous call. It is paid for, nobody can ask for it again, and it may hold the text of documents, which
 * no record, step or log may: so it lies in S3 before the record says that Adobe has answered.
 */
export const keepAnswer = async ({ s3, buckets }: Bucket, job: Job, text: string): Promise<void> => {
  await s3.send(
    new PutObjectCommand({
      Bucket: buckets.own,
      Key: answerKey(job),
      Body: text,
      ContentType: 'text/plain; charset=utf-8',
    }),
  );
};

const readAnswer = async ({ s3, buckets }: Bucket, job: Job): Promise<string | undefined> => {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: buckets.own, Key: answerKey(job) }));
    return await Body?.transformToString();
  } catch (error) {
    // S3 returns 403 for a missing object unless the role may list the bucket.
    const isMissing =
      error instanceof NoSuchKey || (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 403);
    if (isMissing) return undefined;
    throw error;
  }
};

/** Whether the answer to a job's request was kept. */
export const hasKeptAnswer = async (context: Bucket, job: Job): Promise<boolean> =>
  isSynchronous(job) && (await readAnswer(context, job)) !== undefined;

/** What the kept answer says of a job; it has failed if somebody has deleted it. */
export const readKeptProgress = async (
  context: Bucket,
  job: Job,
): Promise<Exclude<JobProgress, { kind: 'running' }>> => {
  const operation = operationOf(job);
  const text = await readAnswer(context, job);
  const progress =
    text === undefined || operation.synchronous === undefined
      ? undefined
      : readSynchronous(text, operation.synchronous, operation);
  return progress === undefined || progress.kind === 'running' ? answerGone : progress;
};

const answerGone = {
  kind: 'failed',
  code: 'answer_gone',
  message: "Adobe's answer was deleted from the bucket before it was stored as an output.",
} as const;
