import { v7 } from 'uuid';
import * as z from 'zod';
import { inputTypes } from '#shared/adobe/services/registry.ts';
import { uploadsFolder } from '#shared/deployment/bucket.ts';
import { getExtension } from '#shared/media-type.ts';
import type { ApiContext } from '../context.ts';
import { readBodyAs } from '../http/json-body.ts';
import { jsonResponse, toIso } from '../http/problem.ts';
import type { Route } from '../http/router.ts';

const maxBodyBytes = 1_024;
const formLifetimeSeconds = 15 * 60;

// What is to be uploaded.
const uploadRequest = z.strictObject({
  contentType: z.enum(inputTypes),
});

const uploadAnswer = z.object({
  upload: z.object({ url: z.url(), fields: z.record(z.string(), z.string()) }),
  source: z.object({ url: z.string() }),
  maxBytes: z.int(),
  expiresAt: z.iso.datetime(),
});

/** A form for an image that is too large to be posted to the gateway itself, and the source to name it by. */
export const uploadRoute = ({ inputs, objects }: Pick<ApiContext, 'inputs' | 'objects'>): Route => ({
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
    const { contentType } = readBodyAs(uploadRequest, request.body, maxBodyBytes);
    const { buckets, maxBytes, table } = inputs;
    const key = `${uploadsFolder(caller)}${v7()}.${getExtension(contentType)}`;
    const body: z.output<typeof uploadAnswer> = {
      upload: await objects.presignUpload({ key, contentType, maxBytes, lifetimeSeconds: formLifetimeSeconds }),
      source: { url: `s3://${buckets.own}/${key}` },
      maxBytes,
      expiresAt: toIso(table.clock.now() + formLifetimeSeconds * 1000),
    };
    return jsonResponse(201, body);
  },
});
