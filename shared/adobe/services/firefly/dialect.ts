import * as z from 'zod';
import { once } from '../../../once.ts';
import { type JobPhase, readSuccess } from '../job-progress.ts';
import { classifyFailure, explainRefusal } from '../refusal.ts';
import type { ServiceDialect } from '../service.ts';
import { readAcceptance } from './acceptance.ts';

const statusAnswer = once(() =>
  z.object({
    status: z.string(),
    error_code: z.union([z.string(), z.number()]).nullish().catch(undefined),
    message: z.string().nullish().catch(undefined),
    result: z.looseObject({}).nullish(),
  }),
);

/** Firefly's words for the phase of a job (Adobe: `GET /v3/status/{jobId}`). */
const words = {
  pending: 'pending',
  running: 'running',
  succeeded: 'succeeded',
  // Firefly has no word for it, and clients written for Firefly would wait for ever.
  partially_succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  timed_out: 'timeout',
} as const satisfies Record<JobPhase, string>;

/** Firefly's status body as callers see it. */
const statusSchema = once(() =>
  z
    .object({
      status: z.enum([...new Set(Object.values(words))]),
      jobId: z.uuid(),
      result: z
        .looseObject({})
        .optional()
        .meta({ description: 'Once it has succeeded, as the operation describes it' }),
      error_code: z.string().optional(),
      message: z.string().optional(),
    })
    .meta({ id: 'JobStatus' }),
);

/** With 451 (documented) or with 422 (seen), at once or when the job ends. */
const contentRefusals = {
  prompt_unsafe: "Adobe's content policy refuses the prompt: change its words.",
  prompt_entity_denied: 'Adobe refuses a person, brand or work that the prompt names: leave it out.',
  image_unsafe: "Adobe's content policy refuses the image that was made: change the prompt.",
  video_unsafe: "Adobe's content policy refuses the video that was made: change the prompt.",
  reference_image_unsafe_error: "Adobe's content policy refuses the reference image: use another one.",
  input_media_unsafe: "Adobe's content policy refuses an input image: use another one.",
  output_media_unsafe: "Adobe's content policy refuses what was made: change the prompt or the input.",
  language_not_supported:
    'Adobe does not support the language of the prompt: write it in another one, such as English.',
  legal_error: 'Adobe refuses the request for legal reasons.',
  unauthorized_legal_reasons: 'Adobe refuses the request for legal reasons.',
};

/**
 * Codes with which Firefly refuses the form of a request. They come with 400 or 422; with 403 as well they are no fault of the
 * credential. Every other 403 is, but for those of content: a client id without the API (403000, 403003), a missing scope
 * (403011, `invalid_ims_scope`), no entitlement (`user_non_entitled`, `user_not_entitled`, `user_profile_denied`).
 */
const formRefusals = ['bad_request', 'invalid_json', 'invalid_content_type', 'validation_error'];

const contractCodes = {
  quota_exhausted: 'quota',
  user_not_entitled: 'access',
  user_non_entitled: 'access',
} as const;

/** Firefly's answers, and the gateway's in their form. */
export const fireflyDialect: ServiceDialect = {
  readAcceptance,
  contentRefusals,
  contractCodes,

  classifyRefusal: ({ status, code, accessError, isAdobes }) => {
    const codes = [accessError ?? '', code].map((each) => classifyFailure({ code: each }, { contractCodes }));
    if (status === 403 && codes.includes('quota')) return 'quota';
    if (status === 403 && formRefusals.includes(code)) return 'final';
    // A 500 without Adobe's error_code comes from something in between, which may have passed the request on.
    if (status === 503 || (status === 500 && isAdobes)) return 'retry';
    // 501 is documented for Image5: what is not implemented has made nothing.
    return status === 501 ? 'final' : undefined;
  },

  readStatus: (body, operation) => {
    const parsed = statusAnswer().safeParse(body);
    if (!parsed.success) return undefined;
    const { status, result } = parsed.data;
    const code = parsed.data.error_code ? String(parsed.data.error_code) : undefined;
    const said = parsed.data.message || `Adobe ended the job as ${status}.`;
    const message = explainRefusal(contentRefusals, code, said);
    switch (status) {
      case words.succeeded:
        return readSuccess(operation.result, result, { reason: code === undefined ? undefined : { code, message } });
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
  presentStatus: (job) => ({
    status: words[job.phase],
    jobId: job.jobId,
    result: job.result,
    error_code: job.error?.code,
    message: job.error?.message,
  }),
};
