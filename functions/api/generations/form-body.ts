import type { FormRequest, OperationDefinition } from '#shared/adobe/services/operation.ts';
import { contentKey } from '#shared/deployment/bucket.ts';
import { parseExactly } from '#shared/exact-json.ts';
import { jsonProblem } from '#shared/json-limits.ts';
import { detectionBytes, detectMediaType, getExtension, parseMediaType } from '#shared/media-type.ts';
import type { ApiContext } from '../context.ts';
import { parseJson, type RawBody } from '../http/json-body.ts';
import { ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import { claimUpload } from '../uploads/routes.ts';

/** Lambda takes events of 6 MB, in which the form is written in base64: a third longer. */
const maxFormBytes = 4 * 1024 * 1024;

/** A request that came as a form. */
export interface ReadForm {
  /** Its JSON, in which the files stand as objects in S3. */
  body: RawBody;
  /** Stores the files there, as an upload of the caller; throws a {@link ProblemError} 429 if the caller's day has no more. */
  store(): Promise<void>;
}

interface FormFile {
  key: string;
  bytes: Uint8Array<ArrayBuffer>;
  contentType: string;
}

/**
 * Reads a request that came as a form. A file is named by its content, so that the same request is the same job.
 *
 * @returns undefined for a request of another content type
 * @throws {ProblemError} 413 for too large a form, 400 for one that is malformed, 422 for one without its JSON
 */
export const readForm = async (
  context: Pick<ApiContext, 'objects' | 'inputs' | 'settings'>,
  request: ApiRequest,
  { form }: Pick<OperationDefinition, 'form'>,
): Promise<ReadForm | undefined> => {
  const contentType = request.body.contentType ?? '';
  if (form === undefined || parseMediaType(contentType) !== 'multipart/form-data') return undefined;
  const { objects, inputs } = context;
  const parts = await parseForm(request, contentType);
  const value = await readRequestPart(parts, form);
  const files = new Map<string, FormFile>();
  const caller = request.caller();
  for (const [name, part] of parts) {
    if (name !== form.part && typeof part !== 'string') files.set(name, await describeFile(caller, part));
  }
  const named = new Map<string, FormFile>();
  const body = form.replaceFiles(value, (name) => {
    const file = files.get(name);
    if (file !== undefined) named.set(name, file);
    return file && `s3://${inputs.buckets.own}/${file.key}`;
  });
  return {
    body: { body: JSON.stringify(body), isBase64Encoded: false, contentType: 'application/json' },
    store: async () => {
      // A form may have thousands of parts; those that the request names are as many as its operation takes.
      if (named.size > 0) await claimUpload(context, caller);
      await Promise.all([...named.values()].map(({ key, bytes, contentType: type }) => objects.put(key, bytes, type)));
    },
  };
};

const parseForm = async ({ body, baseUrl }: ApiRequest, contentType: string): Promise<FormData> => {
  const bytes = Buffer.from(body.body ?? '', body.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > maxFormBytes) {
    throw new ProblemError(
      413,
      'request_too_large',
      `The form has more than ${maxFormBytes} bytes. POST /uploads takes larger files, which are named by s3://.`,
      { extensions: { uploads: `${baseUrl}/uploads` } },
    );
  }
  try {
    return await new Response(bytes, { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw new ProblemError(400, 'bad_request', 'The body is not a valid form.');
  }
};

const readRequestPart = async (parts: FormData, { part }: FormRequest): Promise<unknown> => {
  const given = parts.get(part);
  if (given === null) {
    throw new ProblemError(422, 'validation_error', `The form has no part ${part}.`, {
      validationErrors: [{ loc: ['body', part], msg: 'field required', type: 'value_error.missing' }],
    });
  }
  const text = typeof given === 'string' ? given : await given.text();
  const problem = jsonProblem(parseJson(text));
  if (problem !== undefined) throw new ProblemError(400, 'bad_request', `The part ${part} ${problem}.`);
  return parseExactly(text);
};

const describeFile = async (caller: string, file: File): Promise<FormFile> => {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const contentType = (await detectMediaType(bytes.subarray(0, detectionBytes))) ?? parseMediaType(file.type);
  return { key: contentKey(caller, bytes, getExtension(contentType)), bytes, contentType };
};
