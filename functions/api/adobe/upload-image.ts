import * as z from 'zod';
import { imageTypeOf, imageTypes, isImageType } from '#shared/adobe/services/firefly/image-types.ts';
import { mediaType } from '#shared/jobs/outputs.ts';
import type { Gateway } from '../context.ts';
import { ProblemError } from '../http/problem.ts';
import { jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';

/** Lambda takes events of 6 MB, in which the image is written in base64: a third longer. */
const largestImageBytes = 4 * 1024 * 1024;

const storedImage = z.object({ id: z.string(), source: z.object({ url: z.string() }) });

/** Adobe's upload call for images that fit through API Gateway; a copy stays in S3. */
export const storageImage = ({ storage }: Pick<Gateway, 'storage'>): Route => ({
  method: 'POST',
  path: '/v2/storage/image',
  describe: {
    tag: 'Firefly',
    summary: "Upload an image of up to 4 MB to Adobe's storage",
    description:
      'The id can be named as `uploadId` for 7 days. A copy stays in S3, which can be named by its `source`.',
    body: Object.fromEntries(Object.keys(imageTypes).map((type) => [type, 'binary'])),
    answers: {
      200: {
        description: "Adobe's answer, and where the copy lies",
        content: { 'application/json': z.object({ images: z.array(storedImage) }) },
      },
    },
    errors: [413, 415, 422, 451, 503],
  },
  handle: async (request) => {
    const caller = request.caller();
    const { body = '', isBase64Encoded, contentType } = request.body;
    const declared = mediaType(contentType ?? null);
    if (!isImageType(declared)) {
      const permitted = Object.keys(imageTypes).join(', ');
      throw new ProblemError(415, 'invalid_content_type', `The content type must be one of ${permitted}.`);
    }
    const image = new Uint8Array(Buffer.from(body, isBase64Encoded ? 'base64' : 'latin1'));
    if (image.length === 0) throw new ProblemError(400, 'empty_input_body', 'The body is empty.');
    if (image.length > largestImageBytes) throw tooLarge(request.baseUrl);
    if (imageTypeOf(image) !== declared) {
      throw new ProblemError(422, 'validation_error', `The body is not of the type ${declared}.`, {
        validationErrors: [
          { loc: ['header', 'content-type'], msg: 'the body is of another type', type: 'value_error' },
        ],
      });
    }
    const { uploadId, copy } = await storage.store(caller, image, declared);
    return jsonResponse(200, { images: [{ id: uploadId, source: { url: copy } }] });
  },
});

const tooLarge = (baseUrl: string): ProblemError =>
  new ProblemError(
    413,
    'request_too_large',
    `The image has more than ${largestImageBytes} bytes. POST /uploads gives a form for larger ones.`,
    { extensions: { uploads: `${baseUrl}/uploads` } },
  );
