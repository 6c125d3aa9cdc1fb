import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Priority, priorities } from '#shared/jobs/job.ts';
import { toValidationErrors } from '#shared/requests/validation-errors.ts';
import { readIdempotencyKey } from '../generations/job-identity.ts';
import { readPriority } from '../generations/request.ts';
import { decodeUtf8, mediaTypeOf, parseJson } from '../http/json-body.ts';
import { ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';

// Room for base64 within the 6 MB that Lambda takes.
const largestBody = 4 * 1024 * 1024;

const formats = new Map([
  ['application/x-ndjson', { extension: 'jsonl', contentType: 'application/x-ndjson' }],
  ['application/jsonl', { extension: 'jsonl', contentType: 'application/x-ndjson' }],
  ['text/csv', { extension: 'csv', contentType: 'text/csv' }],
  ['application/json', { extension: 'json', contentType: 'application/json' }],
]);

/** What a caller wants to be a batch: a body with requests, or a file in S3. */
export type BatchRequest = {
  priority: Priority;
  idempotencyKey?: string;
  /** Tells two requests apart that have the same idempotency key. */
  requestHash: string;
} & ({ kind: 'body'; body: Buffer; extension: string; contentType: string } | { kind: 'source'; source: string });

const jsonObject = z.looseObject({});

const sourceBody = z.strictObject({
  source: z.string().max(2_048),
  priority: z.enum(priorities).optional(),
});

/**
 * Reads the request for a new batch.
 *
 * @throws {ProblemError} 4xx naming what is wrong; the requests themselves are checked later, line by line
 */
export const readBatchRequest = (request: ApiRequest): BatchRequest => {
  const idempotencyKey = readIdempotencyKey(request.header('idempotency-key'));
  const priority = readPriority(request.header('x-priority'), 'low');
  const format = formats.get(mediaTypeOf(request.body.contentType) ?? '');
  if (format === undefined) {
    const known = [...formats.keys()].join(', ');
    throw new ProblemError(415, 'invalid_content_type', `The content type must be one of ${known}, in UTF-8.`);
  }
  const body = readBytes(request);
  const source = format.extension === 'json' ? readSource(body) : undefined;
  if (source === undefined) {
    return {
      kind: 'body',
      priority,
      idempotencyKey,
      requestHash: hashOf(format.extension, priority, body),
      body,
      ...format,
    };
  }
  const own = source.priority ?? priority;
  return {
    kind: 'source',
    priority: own,
    idempotencyKey,
    requestHash: hashOf('source', own, source.source),
    source: source.source,
  };
};

const readBytes = ({ body: { body = '', isBase64Encoded, contentEncoding = 'identity' } }: ApiRequest): Buffer => {
  if (contentEncoding.toLowerCase() !== 'identity') {
    throw new ProblemError(415, 'invalid_content_type', 'The body must not be compressed; a file in S3 may be.');
  }
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > largestBody) {
    throw new ProblemError(
      413,
      'request_too_large',
      `The body has more than ${largestBody} bytes. Put the file into S3 and name it: {"source": "s3://<bucket>/<key>"}.`,
    );
  }
  if (bytes.length === 0) throw new ProblemError(400, 'empty_input_body', 'The body is empty.');
  return bytes;
};

/** The file that a JSON body names; undefined if it holds requests itself. */
const readSource = (body: Buffer): z.output<typeof sourceBody> | undefined => {
  const value = jsonObject.safeParse(parseJson(decodeUtf8(body)));
  if (!value.success) {
    throw invalid('The body must be one request, requests with defaults, or a source.', value.error);
  }
  if (!Object.hasOwn(value.data, 'source')) return undefined;
  const source = sourceBody.safeParse(value.data);
  if (source.success) return source.data;
  throw invalid('A body with a source takes source and priority only.', source.error);
};

const invalid = (message: string, { issues }: z.ZodError): ProblemError =>
  new ProblemError(422, 'validation_error', message, { validationErrors: toValidationErrors(issues, 'body') });

const hashOf = (kind: string, priority: Priority, content: Buffer | string): string =>
  createHash('sha256').update(`${kind}\n${priority}\n`).update(content).digest('hex');
