import type { S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';

/** A form with which one object of one type can be stored. */
export interface UploadForm {
  url: string;
  /** To be sent before the file, in any order. */
  fields: Record<string, string>;
}

/** Makes a form for one key; whoever has it can store one object there for a while. */
export type PresignUpload = (object: { key: string; contentType: string; maxBytes: number }) => Promise<UploadForm>;

/** How long a form is valid, in seconds. */
export const uploadFormSeconds = 15 * 60;

/** Signs forms locally, without a call to S3; their policy fixes key, type and largest size. */
export const createPresignUpload =
  (s3: S3Client, bucket: string): PresignUpload =>
  async ({ key, contentType, maxBytes }) =>
    createPresignedPost(s3, {
      Bucket: bucket,
      Key: key,
      Fields: { 'Content-Type': contentType },
      Conditions: [
        ['eq', '$Content-Type', contentType],
        ['content-length-range', 1, maxBytes],
      ],
      Expires: uploadFormSeconds,
    });
