import { v7 } from 'uuid';
import * as z from 'zod';
import { listInputTypes } from '#shared/adobe/services/input-types.ts';
import type { AdobeService } from '#shared/adobe/services/service.ts';
import { uploadKey, uploadObjects } from '#shared/deployment/bucket.ts';
import { findMaxInputBytes, maxPresignedBytes } from '#shared/inputs/inspect.ts';
import { claimUploadForm } from '#shared/inputs/upload-forms.ts';
import { getExtension } from '#shared/media-type.ts';
import { once } from '#shared/once.ts';
import type { ApiContext } from '../context.ts';
import { audit, auditChange } from '../http/audit.ts';
import { readBodyAs } from '../http/json-body.ts';
import { emptyResponse, jsonResponse, ProblemError, toIso } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import type { Route } from '../http/router.ts';

const maxBodyBytes = 1_024;
const formLifetimeSeconds = 15 * 60;

/** What is to be uploaded: a file of a type that one of the services takes. */
const describeUpload = (services: readonly AdobeService[]) =>
  z.strictObject({ contentType: z.enum([...new Set(services.flatMap(listInputTypes))]) });

const uploadAnswer = once(() =>
  z.object({
    uploadId: z.uuid().meta({ description: 'For `DELETE /uploads/{uploadId}`; not an id of Adobe' }),
    upload: z.object({ url: z.url(), fields: z.record(z.string(), z.string()) }),
    source: z.object({ url: z.string() }),
    maxBytes: z.int(),
    expiresAt: z.iso.datetime(),
  }),
);

type UploadsContext = Pick<ApiContext, 'inputs' | 'services' | 'objects' | 'settings' | 'audit' | 'log'>;

/** Everything about uploads. */
export const uploadRoutes = (context: UploadsContext): Route[] => [createRoute(context), deleteRoute(context)];

/** A form for a file that is too large to be posted to the gateway itself, and the source to name it by. */
export const createRoute = (context: UploadsContext): Route => {
  const uploadRequest = once(() => describeUpload(context.services));
  return {
    method: 'POST',
    path: '/uploads',
    describe: {
      tag: 'Inputs',
      summary: 'A form to upload a file to S3, and the source to name it by',
      description:
        'The file may be as large as the services take it that are on and take its type; what it is, is looked at when a request names it.',
      body: { 'application/json': uploadRequest },
      answers: {
        201: {
          description: 'Send the fields and then the file, as multipart/form-data, to the URL',
          content: { 'application/json': uploadAnswer },
        },
      },
      errors: [413, 415, 422, 429],
    },
    handle: async (request) => {
      const { contentType } = readBodyAs(uploadRequest, request.body, maxBodyBytes);
      return jsonResponse(201, await makeForm(context, request, contentType));
    },
  };
};

const makeForm = async (
  { inputs, services, objects, settings, log }: UploadsContext,
  request: ApiRequest,
  contentType: string,
): Promise<z.output<ReturnType<typeof uploadAnswer>>> => {
  const caller = request.caller();
  const { buckets, table } = inputs;
  const takers = services.filter((service) => listInputTypes(service).includes(contentType));
  const taken = Math.max(...takers.map((service) => findMaxInputBytes(service, inputs.maxBytes)));
  const maxBytes = Math.min(taken, maxPresignedBytes);
  await claimUpload({ inputs, settings }, caller);
  const uploadId = v7();
  const key = uploadKey(caller, uploadId, getExtension(contentType));
  audit(log, request, 'upload form made', { uploadId });
  return {
    uploadId,
    upload: await objects.presignUpload({ key, contentType, maxBytes, lifetimeSeconds: formLifetimeSeconds }),
    source: { url: `s3://${buckets.own}/${key}` },
    maxBytes,
    expiresAt: toIso(table.clock.now() + formLifetimeSeconds * 1000),
  };
};

/**
 * Counts an upload against the caller's day.
 *
 * @throws {ProblemError} 429 if the day has no more
 */
export const claimUpload = async (
  { inputs, settings }: Pick<UploadsContext, 'inputs' | 'settings'>,
  caller: string,
): Promise<void> => {
  const { uploadsPerDay } = settings;
  const claim = await claimUploadForm(inputs.table, caller, uploadsPerDay);
  if (!('retryAfterSeconds' in claim)) return;
  const message = `There are ${uploadsPerDay} forms for uploads a day; the day ends at midnight UTC.`;
  throw new ProblemError(429, 'too_many_uploads', message, {
    headers: { 'retry-after': String(claim.retryAfterSeconds) },
  });
};

// An upload by a form has a UUID, the copy of an image that was sent to Adobe the SHA-256 of its content.
const uploadName = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64})$/;

/** Erases what was uploaded with a form, every version of it. */
export const deleteRoute = (context: Pick<UploadsContext, 'objects' | 'audit' | 'log'>): Route => ({
  method: 'DELETE',
  path: '/uploads/{uploadId}',
  describe: {
    tag: 'Inputs',
    summary: 'Erase an uploaded image, every version of it',
    description:
      'The id is the name in the address of its `source`, without the extension; so the copies of `/v2/storage/image` can be erased as well, though not what Adobe keeps of them for a week. Until its form expires, 15 minutes after it was given out, the same form could store an image again.',
    answers: { 204: { description: 'Erased' } },
    errors: [404],
  },
  handle: async (request) => {
    const caller = request.caller();
    const uploadId = request.params['uploadId']?.toLowerCase() ?? '';
    // The folder is the caller's own, so that another caller's upload is not found.
    const erased = uploadName.test(uploadId) ? await context.objects.erase(uploadObjects(caller, uploadId)) : 0;
    if (erased === 0) throw new ProblemError(404, 'unknown_upload_id', 'There is no such upload.');
    await auditChange(context, request, 'upload erased', { uploadId });
    return emptyResponse(204);
  },
});
