import { createHash } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { AccessTokenCache } from '#shared/adobe/auth/access-token.ts';
import { type ImageType, imageTypes } from '#shared/adobe/services/firefly/image-types.ts';
import { type UploadOutcome, uploadImage } from '#shared/adobe/services/firefly/storage-image.ts';
import { uploadsPrefix } from '#shared/inputs/caller-folders.ts';
import type { InputParts } from '#shared/inputs/check-inputs.ts';
import { rememberUpload } from '#shared/inputs/upload-ids.ts';
import { ProblemError } from '../http/problem.ts';
import { unavailable, withToken } from './with-token.ts';

/** An image in Adobe's storage, and its copy. */
export interface StoredImage {
  /** By which requests can name it for seven days. */
  uploadId: string;
  /** Address of the copy in S3, by which they can name it for as long as it is kept. */
  copy: string;
}

/** Takes images to Adobe's storage. */
export interface ImageStorage {
  /**
   * Keeps a copy of an image in S3 and brings it to Adobe.
   *
   * @throws {ProblemError} with Adobe's status and code if Adobe refuses it, 503 if Adobe cannot be reached
   */
  store(caller: string, image: Uint8Array<ArrayBuffer>, contentType: ImageType): Promise<StoredImage>;
}

/** Stores images under a key that follows from their content, so that the same image twice is one object. */
export const createImageStorage = (options: {
  inputs: InputParts;
  tokens: AccessTokenCache;
  fireflyUrl: string;
}): ImageStorage => {
  const { inputs, tokens, fireflyUrl } = options;
  const { s3, table, buckets } = inputs;

  return {
    store: async (caller, image, contentType) => {
      const sha256 = createHash('sha256').update(image).digest('hex');
      const key = `${uploadsPrefix(caller)}${sha256}.${imageTypes[contentType]}`;
      // The copy comes first: an image that only Adobe has could not be sent again after its week is over.
      const { ETag: etag = '' } = await s3.send(
        new PutObjectCommand({ Bucket: buckets.own, Key: key, Body: image, ContentType: contentType }),
      );
      const outcome = await withToken<UploadOutcome>(tokens, (token) =>
        uploadImage({ baseUrl: fireflyUrl, image, contentType }, token, table.clock.now),
      );
      if (outcome.kind !== 'uploaded') throw uploadProblem(outcome);
      await rememberUpload(table, { bucket: buckets.own, key, etag }, outcome.uploadId);
      return { uploadId: outcome.uploadId, copy: `s3://${buckets.own}/${key}` };
    },
  };
};

const uploadProblem = (outcome: Exclude<UploadOutcome, { kind: 'uploaded' }>): ProblemError => {
  if (outcome.kind === 'refused') {
    const { status, code, message } = outcome.error;
    // Adobe's 403 is about the gateway's rights, not about the caller's.
    return new ProblemError(status === 403 ? 502 : status, code, message);
  }
  return unavailable(outcome.kind === 'unavailable' ? outcome.retryAfterMs : undefined);
};
