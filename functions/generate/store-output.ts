import { pipeline } from 'node:stream/promises';
import { Upload } from '@aws-sdk/lib-storage';
import { type Download, DownloadError, openDownload } from '#shared/adobe/http/download.ts';
import { readProgress } from '#shared/adobe/services/job-status.ts';
import type { UpstreamOutput } from '#shared/adobe/services/operation.ts';
import { operationOf } from '#shared/adobe/services/registry.ts';
import type { Job, JobOutput, Turn } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { ByteMeter, mediaType, outputKey } from '#shared/jobs/outputs.ts';
import type { Parts } from './context.ts';

// One part is held in memory at a time, whatever the size of the output; S3 takes none smaller than 5 MiB.
const partBytes = 5 * 1024 * 1024;
const downloadTimeoutMs = 8 * 60_000;

/** The job was erased while its outputs were being stored. */
export class JobGoneError extends Error {
  override readonly name = 'JobGoneError';
}

/** Streams one output from Adobe to S3 while it is counted and hashed; nothing is held but one part. */
export const storeOutput = async (
  parts: Parts,
  turn: Turn,
  index: number,
  output: UpstreamOutput,
): Promise<JobOutput> => {
  const job = await getJob(parts.table, turn.jobId);
  if (job === undefined) throw new JobGoneError('The job was erased while its outputs were being stored.');
  const download = await openFresh(parts, job, index, output.url ?? '');
  const contentType = typeOf(download, job);
  const key = outputKey(job, index, contentType);
  const measure = new ByteMeter(parts.outputMaxBytes);
  const upload = new Upload({
    client: parts.s3,
    params: { Bucket: parts.bucket, Key: key, Body: measure, ContentType: contentType },
    partSize: partBytes,
    queueSize: 1,
  });
  // A broken download destroys the stream that S3 reads from, so that it cannot end as a short object.
  const arrived = pipeline(download.stream, measure);
  const stored = upload.done();
  try {
    await Promise.all([arrived, stored]);
  } catch (error) {
    download.stream.destroy();
    // The upload is over only when its parts are removed.
    await Promise.allSettled([arrived, stored]);
    throw error;
  }
  const { seed, fields } = output;
  return { bucket: parts.bucket, key, sha256: measure.sha256(), bytes: measure.bytes, contentType, seed, fields };
};

// What S3 says of an object that was stored without a type.
const untold = ['application/octet-stream', 'binary/octet-stream'];

const typeOf = ({ contentType }: Download, job: Job): string => {
  const told = mediaType(contentType);
  return untold.includes(told) ? (operationOf(job).result.mediaType ?? told) : told;
};

/** Opens the output; if Adobe's URL has died, the status is asked once for a fresh one. */
const openFresh = async (parts: Parts, job: Job, index: number, url: string): Promise<Download> => {
  try {
    return await openDownload(url, parts.allowsDownload, downloadTimeoutMs);
  } catch (error) {
    const statusUrl = job.upstream?.statusUrl;
    if (!(error instanceof DownloadError) || error.reason !== 'expired' || statusUrl === undefined) throw error;
    const progress = await readProgress(statusUrl, operationOf(job), parts.callAdobe);
    const fresh = progress.kind === 'succeeded' ? progress.outputs[index]?.url : undefined;
    if (fresh === undefined) throw error;
    return openDownload(fresh, parts.allowsDownload, downloadTimeoutMs);
  }
};
