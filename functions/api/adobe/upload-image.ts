import * as z from 'zod';
import { imageTypes } from '#shared/adobe/services/firefly/storage-image.ts';
import { contentKey } from '#shared/deployment/bucket.ts';
import { rememberUpload } from '#shared/inputs/upload-ids.ts';
import { rememberUploadOwner } from '#shared/inputs/upload-owners.ts';
import { detectMediaType, getExtension, parseMediaType } from '#shared/media-type.ts';
import { once } from '#shared/once.ts';
import type { ApiContext } from '../context.ts';
import { audit } from '../http/audit.ts';
import { jsonResponse, ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import { takeCall } from './call-rate.ts';
import { buildAdobeProblem } from './problem.ts';

/** Lambda takes events of 6 MB, in which the image is written in base64: a third longer. */
const maxImageBytes = 4 * 1024 * 1024;

const uploadAnswer = once(() =>
  z.object({
    images: z.array(z.object({ id: z.string(), source: z.object({ url: z.string() }) })),
  }),
);

type UploadContext = Pick<ApiContext, 'table' | 'adobeCalls' | 'objects' | 'log'>;

/** Adobe's upload call for images that fit through API Gateway; a copy stays in S3. */
export const uploadImageRoute = (context: UploadContext): Route => ({
  method: 'POST',
  path: '/v2/storage/image',
  describe: {
    tag: 'Firefly',
    summary: "Upload an image of up to 4 MB to Adobe's storage",
    description:
      'The id can be named as `uploadId` for 7 days. A copy stays in S3, which can be named by its `source`.',
    body: Object.fromEntries(imageTypes.map((type) => [type, 'binary'])),
    answers: {
      200: {
        description: "Adobe's answer, and the address of the copy",
        content: { 'application/json': uploadAnswer },
      },
    },
    errors: [403, 413, 415, 422, 429, 451, 502, 503, '4XX'],
  },
  handle: async (request) => {
    const caller = request.caller();
    const { image, contentType } = await readImage(request);
    await takeCall(context.table, caller);
    const stored = await storeImage(context, caller, image, contentType);
    audit(context.log, request, 'image uploaded', { uploadId: stored.id });
    const body: z.output<ReturnType<typeof uploadAnswer>> = { images: [stored] };
    return jsonResponse(200, body);
  },
});

const readImage = async ({
  body: { body = '', isBase64Encoded, contentType },
  baseUrl,
}: ApiRequest): Promise<{ image: Uint8Array<ArrayBuffer>; contentType: string }> => {
  const declared = parseMediaType(contentType);
  if (!imageTypes.includes(declared)) {
    throw new ProblemError(415, 'invalid_content_type', `The content type must be one of ${imageTypes.join(', ')}.`);
  }
  const image = new Uint8Array(Buffer.from(body, isBase64Encoded ? 'base64' : 'latin1'));
  if (image.length === 0) throw new ProblemError(400, 'empty_input_body', 'The body is empty.');
  if (image.length > maxImageBytes) {
    throw new ProblemError(
      413,
      'request_too_large',
      `The image has more than ${maxImageBytes} bytes. POST /uploads gives a form for larger ones.`,
      { extensions: { uploads: `${baseUrl}/uploads` } },
    );
  }
  if ((await detectMediaType(image)) !== declared) {
    throw new ProblemError(422, 'validation_error', `The body is not of the type ${declared}.`, {
      validationErrors: [{ loc: ['header', 'content-type'], msg: 'the body is of another type', type: 'value_error' }],
    });
  }
  return { image, contentType: declared };
};

/**
 * Keeps a copy of an image in S3 and uploads it to Adobe. Its key follows from its content, so that the same image twice is
 * one object.
 *
 * @throws {ProblemError} with Adobe's status and code if Adobe refuses it, 503 if Adobe cannot be reached
 */
const storeImage = async (
  { table, adobeCalls, objects }: UploadContext,
  caller: string,
  image: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<z.output<ReturnType<typeof uploadAnswer>>['images'][number]> => {
  // The copy comes first: an image that only Adobe has could not be sent again after its week is over.
  const copy = await objects.put(contentKey(caller, image, getExtension(contentType)), image, contentType);
  const outcome = await adobeCalls.uploadImage({ image, contentType });
  if (outcome.kind !== 'uploaded') throw buildAdobeProblem(outcome);
  // Before its caller knows the id, and with it anybody else could.
  await rememberUploadOwner(table, outcome.uploadId, caller);
  await rememberUpload(table, { bucket: copy.bucket, key: copy.key, etag: copy.etag ?? '' }, outcome.uploadId);
  return { id: outcome.uploadId, source: { url: `s3://${copy.bucket}/${copy.key}` } };
};
