import { type UploadOutcome, uploadImage } from '#shared/adobe/services/firefly/storage-image.ts';
import { classifyRefusal } from '#shared/adobe/services/refusal.ts';
import { operationOf, serviceOf } from '#shared/adobe/services/registry.ts';
import { InputError } from '#shared/inputs/locate.ts';
import {
  claimUpload,
  findUploadId,
  releaseUpload,
  rememberUpload,
  type UploadIdentity,
} from '#shared/inputs/upload-ids.ts';
import type { Job, JobError } from '#shared/jobs/job.ts';
import type { GenerateContext } from './context.ts';
import { pauseUnlessPaused } from './pause-lane.ts';

const retrySeconds = 3;

/** `reused` tells whether the upload was there already; `wait`: ask again after so many seconds. */
export type OneUpload =
  | { kind: 'uploaded'; uploadId: string; reused: boolean; identity: UploadIdentity }
  | { kind: 'refused'; error: JobError }
  | { kind: 'locked_out' }
  | { kind: 'wait'; seconds: number };

/**
 * Uses the upload that is there, or makes it, unless another job is just doing so.
 *
 * @param read reads the image; called only if it has to be uploaded
 * @throws {InputError} if `read` does
 */
export const uploadOnce = async (
  context: GenerateContext,
  input: Omit<UploadIdentity, 'uploadId'>,
  read: () => Promise<{ image: Uint8Array<ArrayBuffer>; contentType: string }>,
  job: Pick<Job, 'jobId' | 'lane' | 'operation'>,
): Promise<OneUpload> => {
  const { table } = context;
  const { bucket, key, etag } = input;
  const uploaded = (uploadId: string, reused: boolean): OneUpload => ({
    kind: 'uploaded',
    uploadId,
    reused,
    identity: { bucket, key, etag, uploadId },
  });
  const known = await findUploadId(table, input);
  if (known !== undefined) return uploaded(known, true);
  if (!(await claimUpload(table, input))) {
    const made = await findUploadId(table, input);
    return made === undefined ? { kind: 'wait', seconds: retrySeconds } : uploaded(made, true);
  }
  const outcome = await upload(context, input, read, job);
  if (outcome.kind === 'uploaded') {
    await rememberUpload(table, input, outcome.uploadId);
    return uploaded(outcome.uploadId, false);
  }
  await releaseUpload(table, input);
  if (outcome.kind === 'refused') {
    const { code, message, status } = outcome.error;
    const refusal = classifyRefusal(outcome.error, serviceOf(operationOf(job)).dialect);
    if (refusal === 'access' || refusal === 'quota') {
      await pauseUnlessPaused(context, job, { reason: 'access_refused', code });
      return { kind: 'locked_out' };
    }
    if (refusal === 'intercepted') return { kind: 'wait', seconds: retrySeconds };
    return { kind: 'refused', error: { code, message, upstreamStatus: status } };
  }
  const retryAfterMs = outcome.kind === 'unavailable' ? outcome.retryAfterMs : undefined;
  return { kind: 'wait', seconds: Math.min(60, Math.max(1, Math.ceil((retryAfterMs ?? retrySeconds * 1000) / 1000))) };
};

const upload = async (
  { table, callAdobe, getBaseUrl, log }: GenerateContext,
  input: Omit<UploadIdentity, 'uploadId'>,
  read: Parameters<typeof uploadOnce>[2],
  job: Pick<Job, 'operation'>,
): Promise<UploadOutcome> => {
  try {
    const baseUrl = getBaseUrl(serviceOf(operationOf(job)));
    return await uploadImage({ baseUrl, ...(await read()) }, callAdobe);
  } catch (error) {
    // The lease is given back whatever failed, so that the next try need not wait for its end.
    if (error instanceof InputError) {
      await releaseUpload(table, input);
      throw error;
    }
    log.error('An input could not be uploaded to Adobe.', { error: error instanceof Error ? error.name : 'unknown' });
    return { kind: 'unavailable' };
  }
};
