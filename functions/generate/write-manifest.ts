import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type JobOutput, type JobResult, requestOf, type Turn } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { manifestKey } from '#shared/jobs/outputs.ts';
import type { Parts } from './context.ts';

/** Writes job.json beside the outputs: enough to make them again with another account, years later. */
export const describeJob = async (parts: Parts, turn: Turn, result: JobResult, outputs: JobOutput[]): Promise<void> => {
  const job = await getJob(parts.table, turn.jobId);
  if (job === undefined) return;
  const { jobId, operation, modelVersion, createdAt, history, upstream } = job;
  const description = {
    jobId,
    operation,
    modelVersion,
    request: requestOf(job),
    result,
    upstream: { jobId: upstream?.jobId, acceptedAt: upstream?.acceptedAt },
    createdAt,
    states: history,
    outputs: outputs.map(({ key, sha256, bytes, contentType, seed }) => ({ key, sha256, bytes, contentType, seed })),
  };
  await parts.s3.send(
    new PutObjectCommand({
      Bucket: parts.bucket,
      Key: manifestKey(job),
      Body: `${JSON.stringify(description, undefined, 2)}\n`,
      ContentType: 'application/json',
    }),
  );
};
