import { v7 } from 'uuid';
import * as z from 'zod';
import { type ImageType, imageTypes } from '#shared/adobe/services/firefly/image-types.ts';
import { uploadsPrefix } from '#shared/inputs/caller-folders.ts';
import type { Gateway } from '../context.ts';
import { jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { readBodyAs } from '../http/validated-body.ts';
import { uploadFormSeconds } from './presign-upload.ts';

const largestBody = 1_024;

/** What is to be uploaded. */
const uploadRequest = z.strictObject({
  contentType: z.enum(Object.keys(imageTypes) as [ImageType, ...ImageType[]]),
});

const uploadAnswer = z.object({
  upload: z.object({ url: z.url(), fields: z.record(z.string(), z.string()) }),
  source: z.object({ url: z.string() }),
  maxBytes: z.int(),
  expiresAt: z.iso.datetime(),
});

/** A form for an image that is too large to be posted to the gateway itself, and the source to name it by. */
export const uploads = ({ inputs, presignUpload }: Pick<Gateway, 'inputs' | 'presignUpload'>): Route => ({
  method: 'POST',
  path: '/uploads',
  describe: {
    tag: 'Inputs',
    summary: 'A form to upload an image to S3, and the source to name it by',
    body: { 'application/json': uploadRequest },
    answers: {
      201: {
        description: 'Send the fields and then the file, as multipart/form-data, to the URL',
        content: { 'application/json': uploadAnswer },
      },
    },
    errors: [413, 415, 422],
  },
  handle: async (request) => {
    const caller = request.caller();
    const { contentType } = readBodyAs(uploadRequest, request.body, largestBody);
    const { buckets, maxBytes, table } = inputs;
    const key = `${uploadsPrefix(caller)}${v7()}.${imageTypes[contentType]}`;
    return jsonResponse(201, {
      upload: await presignUpload({ key, contentType, maxBytes }),
      source: { url: `s3://${buckets.own}/${key}` },
      maxBytes,
      expiresAt: new Date(table.clock.now() + uploadFormSeconds * 1000).toISOString(),
    });
  },
});
