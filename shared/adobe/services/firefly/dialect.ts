import * as z from 'zod';
import { maxMessageLength, withoutQueries } from '../../http/errors.ts';
import type { ResultShape } from '../operation.ts';
import type { JobPhase, JobProgress, PresentedJob, ServiceDialect } from '../service.ts';
import { readAcceptance } from './acceptance.ts';

const statusAnswer = z.object({
  status: z.string(),
  error_code: z.union([z.string(), z.number()]).nullish(),
  message: z.string().nullish(),
  result: z.looseObject({}).nullish(),
});

/** Firefly's words for the phase of a job (Adobe: `GET /v3/status/{jobId}`). */
const words = {
  pending: 'pending',
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  timed_out: 'timeout',
} as const satisfies Record<JobPhase, string>;

/** Firefly's status body as callers see it. */
const statusSchema = z
  .object({
    status: z.enum(words),
    jobId: z.uuid(),
    result: z.looseObject({}).optional().meta({ description: 'Once it has succeeded, as the operation describes it' }),
    error_code: z.string().optional(),
    message: z.string().optional(),
  })
  .meta({ id: 'JobStatus' });

const readSuccess = (
  result: unknown,
  shape: ResultShape,
  reason: { code: string; message: string } | undefined,
): JobProgress => {
  const read = shape.read(result);
  return read === undefined
    ? { kind: 'failed', code: 'result_not_understood', message: 'Adobe reported success without a list of outputs.' }
    : { kind: 'succeeded', outputs: read.outputs, result: read.rest, reason };
};

const presentResult: ServiceDialect['presentResult'] = ({ result, outputs = [] }: PresentedJob, urls, operation) => ({
  ...result,
  outputs: outputs.map((output, index) => operation.result.write(output, urls[index] ?? '')),
});

/**
 * Codes with which Firefly refuses the request itself. They come with 400, 422 or 451; with 403 as well they are no fault of
 * the credential. Every other 403 is: a client id without the API (403000, 403003), a missing scope (403011,
 * `invalid_ims_scope`), no entitlement (`user_non_entitled`, `user_not_entitled`, `user_profile_denied`).
 */
const requestFaults: readonly string[] = [
  'bad_request',
  'invalid_json',
  'invalid_content_type',
  'validation_error',
  'prompt_unsafe',
  'image_unsafe',
  'video_unsafe',
  'reference_image_unsafe_error',
  'input_media_unsafe',
  'output_media_unsafe',
  'language_not_supported',
  'unauthorized_legal_reasons',
];

/** Firefly's answers, and the gateway's in their form. */
export const fireflyDialect: ServiceDialect = {
  readAcceptance,

  classifyRefusal: ({ status, code, accessError, isAdobes }) => {
    if (status === 403 && (accessError === 'quota_exhausted' || code === 'quota_exhausted')) return 'quota';
    if (status === 403 && requestFaults.includes(code)) return 'final';
    // A 500 without Adobe's error_code comes from something in between, which may have passed the request on.
    if (status === 503 || (status === 500 && isAdobes)) return 'retry';
    // 501 is documented for Image5: what is not implemented has made nothing.
    return status === 501 ? 'final' : undefined;
  },

  readStatus: (body, operation) => {
    const parsed = statusAnswer.safeParse(body);
    if (!parsed.success) return undefined;
    const { status, result } = parsed.data;
    const message = withoutQueries(parsed.data.message || `Adobe ended the job as ${status}.`).slice(
      0,
      maxMessageLength,
    );
    const code = parsed.data.error_code ? String(parsed.data.error_code) : undefined;
    switch (status) {
      case words.succeeded:
        return readSuccess(result, operation.result, code === undefined ? undefined : { code, message });
      case words.failed:
        return { kind: 'failed', code: code ?? 'failed', message };
      case words.cancelled:
      case 'canceled':
        return { kind: 'cancelled', code: code ?? 'cancelled', message };
      case words.timed_out:
        return { kind: 'timed_out', code: code ?? 'timeout', message };
      default:
        return { kind: 'running' };
    }
  },

  statusSchema,
  presentResult,

  presentStatus: (job, urls, operation) => ({
    status: words[job.phase],
    jobId: job.jobId,
    result: job.phase === 'succeeded' ? presentResult(job, urls, operation) : undefined,
    error_code: job.error?.code,
    message: job.error?.message,
  }),
};
