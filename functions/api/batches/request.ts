import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { StoredObject } from '#shared/aws/object-store.ts';
import type { BatchSource } from '#shared/batches/batch.ts';
import { isOwnFile } from '#shared/deployment/bucket.ts';
import { once } from '#shared/once.ts';
import { type Priority, priorities } from '#shared/priority.ts';
import { type Labels, labelsSchema } from '#shared/requests/labels.ts';
import { maxTemplateLength } from '#shared/requests/name-template.ts';
import { toValidationErrors } from '#shared/requests/validation-errors.ts';
import type { ApiContext } from '../context.ts';
import { readIdempotencyKey, readLabels, readOutputName, readPriority } from '../http/headers.ts';
import { decodeUtf8, parseJson, readMediaType } from '../http/json-body.ts';
import { ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';

// Room for base64 within the 6 MB that Lambda takes.
const maxBodyBytes = 4 * 1024 * 1024;

const maxKeyBytes = 1_024;

/** Media type of .xlsx files. */
export const spreadsheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const formats = new Map([
  ['application/x-ndjson', { extension: 'jsonl', contentType: 'application/x-ndjson' }],
  ['application/jsonl', { extension: 'jsonl', contentType: 'application/x-ndjson' }],
  ['text/csv', { extension: 'csv', contentType: 'text/csv' }],
  ['application/json', { extension: 'json', contentType: 'application/json' }],
  [spreadsheetType, { extension: 'xlsx', contentType: spreadsheetType }],
]);

/** What a caller wants to be a batch: a body with requests, or a file in S3. */
export type BatchRequest = {
  priority: Priority;
  /** How the outputs of lines without a name of their own are called, with placeholders. */
  outputName?: string;
  /** Of lines that have none of the same names. */
  labels?: Labels;
  idempotencyKey?: string;
  /** Tells two requests apart that have the same idempotency key. */
  requestHash: string;
} & ({ kind: 'body'; body: Buffer; extension: string; contentType: string } | { kind: 'source'; source: string });

const jsonObject = once(() => z.looseObject({}));

const sourceBody = once(() =>
  z.strictObject({
    source: z.string().max(2_048),
    priority: z.enum(priorities).optional(),
    outputName: z.string().min(1).max(maxTemplateLength).optional(),
    labels: labelsSchema().optional(),
  }),
);

/**
 * Reads the request for a new batch.
 *
 * @throws {ProblemError} 4xx naming what is wrong; the requests themselves are checked later, line by line
 */
export const readBatchRequest = (request: ApiRequest): BatchRequest => {
  const idempotencyKey = readIdempotencyKey(request.header('idempotency-key'));
  const priority = readPriority(request.header('x-priority'), 'low');
  const outputName = readOutputName(request.header('x-output-name'));
  const labels = readLabels(request.header('x-label'));
  const format = formats.get(readMediaType(request.body.contentType) ?? '');
  if (format === undefined) {
    const known = [...formats.keys()].join(', ');
    throw new ProblemError(415, 'invalid_content_type', `The content type must be one of ${known}; texts in UTF-8.`);
  }
  const body = readBytes(request);
  const source = format.extension === 'json' ? readSource(body) : undefined;
  if (source === undefined) {
    return {
      kind: 'body',
      priority,
      outputName,
      labels,
      idempotencyKey,
      requestHash: hashRequest(format.extension, { priority, outputName, labels }, body),
      body,
      ...format,
    };
  }
  const own = {
    priority: source.priority ?? priority,
    outputName: source.outputName ?? outputName,
    labels: source.labels ?? labels,
  };
  return {
    kind: 'source',
    ...own,
    idempotencyKey,
    requestHash: hashRequest('source', own, source.source),
    source: source.source,
  };
};

const readBytes = ({ body: { body = '', isBase64Encoded, contentEncoding = 'identity' } }: ApiRequest): Buffer => {
  if (contentEncoding.toLowerCase() !== 'identity') {
    throw new ProblemError(415, 'invalid_content_type', 'The body must not be compressed; a file in S3 may be.');
  }
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > maxBodyBytes) {
    throw new ProblemError(
      413,
      'request_too_large',
      `The body has more than ${maxBodyBytes} bytes. Put the file into S3 and name it: {"source": "s3://<bucket>/<key>"}.`,
    );
  }
  if (bytes.length === 0) throw new ProblemError(400, 'empty_input_body', 'The body is empty.');
  return bytes;
};

/** The file that a JSON body names; undefined if it holds requests itself. */
const readSource = (body: Buffer): z.output<ReturnType<typeof sourceBody>> | undefined => {
  const value = jsonObject().safeParse(parseJson(decodeUtf8(body)));
  if (!value.success) {
    throw invalid('The body must be one request, requests with defaults, or a source.', value.error);
  }
  if (!Object.hasOwn(value.data, 'source')) return undefined;
  const source = sourceBody().safeParse(value.data);
  if (source.success) return source.data;
  throw invalid('A body with a source takes source, priority, outputName and labels only.', source.error);
};

const invalid = (message: string, { issues }: z.ZodError): ProblemError =>
  new ProblemError(422, 'validation_error', message, { validationErrors: toValidationErrors(issues, 'body') });

const hashRequest = (
  kind: string,
  { priority, outputName = '', labels = {} }: Pick<BatchRequest, 'priority' | 'outputName' | 'labels'>,
  content: Buffer | string,
): string =>
  createHash('sha256')
    .update(JSON.stringify([kind, priority, outputName, Object.entries(labels).sort()]))
    .update(content)
    .digest('hex');

/**
 * Finds the file that a caller wants to be a batch, in its newest version.
 *
 * @throws {ProblemError} 422 for a malformed address or a missing file, 403 for a file of another caller
 */
export const findSource = async (
  { objects, inputs }: Pick<ApiContext, 'objects' | 'inputs'>,
  caller: string,
  address: string,
): Promise<BatchSource> => {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(address) ?? [];
  // S3 takes no longer keys, and no others than in UTF-8.
  const isKey = key !== '' && key.isWellFormed() && Buffer.byteLength(key) <= maxKeyBytes;
  if (!isKey) throw wrongSource('is not an address such as s3://bucket/key');
  const isOwn = bucket === inputs.buckets.own && isOwnFile(caller, key);
  if (!isOwn && !inputs.buckets.shared.includes(bucket)) {
    throw new ProblemError(
      403,
      'source_not_allowed',
      "A file must lie in your inbox or your uploads in the gateway's bucket, or in a bucket of the setting inputBuckets.",
      { validationErrors: [{ loc: ['body', 'source'], msg: 'is not yours', type: 'value_error' }] },
    );
  }
  const stored = await objects.find({ bucket, key });
  if (stored === undefined) throw wrongSource('does not exist');
  return toBatchSource(stored);
};

/** What a batch keeps of an object; its etag without S3's quotes, as the events of S3 have it. */
export const toBatchSource = ({ bucket, key, versionId, etag }: StoredObject): BatchSource => ({
  bucket,
  key,
  versionId,
  etag: etag?.replaceAll('"', ''),
});

const wrongSource = (problem: string): ProblemError =>
  new ProblemError(422, 'validation_error', `The source ${problem}.`, {
    validationErrors: [{ loc: ['body', 'source'], msg: problem, type: 'value_error' }],
  });
