import { createHash } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type AccessTokenCache, NotConfiguredError, TokenUnavailableError } from '#shared/adobe/access-token.ts';
import { type ImageType, imageTypes } from '#shared/adobe/firefly/image-types.ts';
import { type UploadOutcome, uploadImage } from '#shared/adobe/firefly/storage-image.ts';
import { ProblemError } from '#shared/http/problem.ts';
import { uploadsPrefix } from '#shared/inputs/caller-folders.ts';
import type { InputParts } from '#shared/inputs/check-inputs.ts';
import { rememberUpload } from '#shared/inputs/upload-ids.ts';

/** Takes images to Adobe's storage. */
export interface ImageStorage {
  /**
   * Keeps a copy of an image in S3 and brings it to Adobe.
   *
   * @returns the id by which requests can name it for seven days
   * @throws {ProblemError} with Adobe's status and code if Adobe refuses it, 503 if Adobe cannot be reached
   */
  store(caller: string, image: Uint8Array<ArrayBuffer>, contentType: ImageType): Promise<string>;
}

/** Stores images under a key that follows from their content, so that the same image twice is one object. */
export const createImageStorage = (options: {
  inputs: InputParts;
  tokens: AccessTokenCache;
  fireflyUrl: string;
}): ImageStorage => {
  const { inputs, tokens, fireflyUrl } = options;
  const { s3, table, buckets } = inputs;

  const send = async (image: Uint8Array<ArrayBuffer>, contentType: ImageType): Promise<UploadOutcome> => {
    const request = { baseUrl: fireflyUrl, image, contentType };
    const token = await tokens.get();
    const outcome = await uploadImage(request, token, table.clock.now);
    if (outcome.kind !== 'token_refused') return outcome;
    return uploadImage(request, await tokens.refused(token.versionId), table.clock.now);
  };

  return {
    store: async (caller, image, contentType) => {
      const sha256 = createHash('sha256').update(image).digest('hex');
      const key = `${uploadsPrefix(caller)}${sha256}.${imageTypes[contentType]}`;
      // The copy comes first: an image that only Adobe has could not be sent again after its week is over.
      const { ETag: etag = '' } = await s3.send(
        new PutObjectCommand({ Bucket: buckets.own, Key: key, Body: image, ContentType: contentType }),
      );
      const outcome = await withoutToken(() => send(image, contentType));
      if (outcome.kind !== 'uploaded') throw uploadProblem(outcome);
      await rememberUpload(table, { bucket: buckets.own, key, etag }, outcome.uploadId);
      return outcome.uploadId;
    },
  };
};

const withoutToken = async (send: () => Promise<UploadOutcome>): Promise<UploadOutcome> => {
  try {
    return await send();
  } catch (error) {
    if (error instanceof TokenUnavailableError || error instanceof NotConfiguredError) return { kind: 'no_word' };
    throw error;
  }
};

const uploadProblem = (outcome: Exclude<UploadOutcome, { kind: 'uploaded' }>): ProblemError => {
  if (outcome.kind === 'refused') {
    const { status, code, message } = outcome.error;
    // Adobe's 403 is about the gateway's rights, not about the caller's.
    return new ProblemError(status === 403 ? 502 : status, code, message);
  }
  const retryAfterMs = outcome.kind === 'no_word' ? (outcome.retryAfterMs ?? 5_000) : 60_000;
  return new ProblemError(503, 'service_unavailable', 'Adobe could not take the image just now: try again.', {
    headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) },
  });
};
