import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, NoSuchKey, S3ServiceException } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { type Download, DownloadError, openDownload } from '#shared/adobe/http/download.ts';
import { isFailedOutput, type UpstreamOutput } from '#shared/adobe/services/outputs.ts';
import { operationOf } from '#shared/adobe/services/registry.ts';
import { incomingKey, outputKey } from '#shared/deployment/bucket.ts';
import type { Job, JobOutput } from '#shared/jobs/job.ts';
import { outputOwner } from '#shared/jobs/output-owner.ts';
import { getExtension, isSafeToShow, parseMediaType, toStoredType } from '#shared/media-type.ts';
import type { AdobeAnswer } from './adobe-answer.ts';
import { ByteMeter } from './byte-meter.ts';
import type { GenerateContext } from './context.ts';

// One part is held in memory at a time, whatever the size of the output; S3 takes none smaller than 5 MiB.
const partBytes = 5 * 1024 * 1024;
const downloadTimeoutMs = 8 * 60_000;

/**
 * Streams one output to where it stays while it is counted and hashed; nothing is held but one part.
 *
 * @param index its place in Adobe's answer, from 0
 * @throws {DownloadError}
 * @throws {OutputTooLargeError}
 */
export const storeOutput = async (
  context: GenerateContext,
  job: Job,
  { index, output, answer }: { index: number; output: UpstreamOutput; answer: AdobeAnswer },
): Promise<JobOutput> => {
  const isEmbedded = output.embedded === undefined ? undefined : true;
  const source = await openOutput(context, job, index, output, answer);
  const contentType = toStoredType(chooseType(source, job));
  const bucket = context.buckets.own;
  const key = outputKey(job, index, getExtension(contentType));
  const meter = new ByteMeter(context.outputMaxBytes);
  const upload = new Upload({
    client: context.s3,
    params: {
      Bucket: bucket,
      Key: key,
      Body: meter,
      ContentType: contentType,
      Metadata: outputOwner.write({ jobId: job.jobId, index }),
      Tagging: job.labels && new URLSearchParams(job.labels).toString(),
      // Outputs are opened by presigned URLs of the bucket, next to all others of its origin.
      ContentDisposition: isSafeToShow(contentType) ? undefined : 'attachment',
    },
    partSize: partBytes,
    queueSize: 1,
  });
  // A broken download destroys the stream that S3 reads from, so that it cannot end as a short object.
  const arrived = pipeline(source.stream, meter);
  const stored = upload.done();
  try {
    await Promise.all([arrived, stored]);
  } catch (error) {
    source.stream.destroy();
    // The upload is over only when its parts are removed.
    await Promise.allSettled([arrived, stored]);
    throw error;
  }
  const { seed, fields } = output;
  return { bucket, key, sha256: meter.sha256(), bytes: meter.bytes, contentType, seed, fields, isEmbedded };
};

// What S3 says of an object that was stored without a type.
const unspecificTypes = ['application/octet-stream', 'binary/octet-stream'];

const chooseType = ({ contentType }: Download, job: Job): string => {
  const declared = parseMediaType(contentType);
  return unspecificTypes.includes(declared) ? (operationOf(job).result.mediaType ?? declared) : declared;
};

const openOutput = async (
  context: GenerateContext,
  job: Job,
  index: number,
  { url, embedded }: UpstreamOutput,
  answer: AdobeAnswer,
): Promise<Download> => {
  if (embedded !== undefined) {
    return { stream: Readable.from([embedded.content]), contentType: embedded.contentType };
  }
  if (job.incoming !== undefined) return openIncoming(context, job, findIncoming(job, url) ?? index);
  if (url === undefined) throw new DownloadError('unavailable', 'Adobe named no URL of the output.');
  return openHosted(context, job, index, url, answer);
};

/** Opens an output at Adobe; if its URL has died, the status is asked once for a fresh one. */
const openHosted = async (
  context: GenerateContext,
  job: Job,
  index: number,
  url: string,
  answer: AdobeAnswer,
): Promise<Download> => {
  try {
    return await openDownload(url, context.allowsDownload, downloadTimeoutMs);
  } catch (error) {
    if (!(error instanceof DownloadError) || error.reason !== 'expired') throw error;
    const fresh = (await answer.askAgain(job)).outputs[index];
    if (fresh === undefined || isFailedOutput(fresh) || fresh.url === undefined) throw error;
    return openDownload(fresh.url, context.allowsDownload, downloadTimeoutMs);
  }
};

/** Which of the destinations of a job a URL is; services name what they wrote to, and may leave out what they did not write. */
const findIncoming = (job: Job, url: string | undefined): number | undefined => {
  const [, index] =
    /^(.*\/)(\d+)$/.exec(url !== undefined && URL.canParse(url) ? new URL(url).pathname : '')?.slice(1) ?? [];
  const found = index === undefined ? undefined : Number(index);
  return found !== undefined && url?.includes(`/${incomingKey(job, found)}`) ? found : undefined;
};

/** Opens an output that Adobe wrote to the destination which the request named. */
const openIncoming = async ({ s3, buckets }: GenerateContext, job: Job, index: number): Promise<Download> => {
  try {
    const object = await s3.send(new GetObjectCommand({ Bucket: buckets.own, Key: incomingKey(job, index) }));
    return { stream: object.Body as Readable, contentType: object.ContentType ?? null };
  } catch (cause) {
    // S3 returns 403 for a missing object unless the role may list the bucket.
    const isMissing =
      cause instanceof NoSuchKey || (cause instanceof S3ServiceException && cause.$metadata.httpStatusCode === 403);
    if (!isMissing) throw cause;
    throw new DownloadError('unavailable', 'Adobe did not write the output to its destination.', { cause });
  }
};
