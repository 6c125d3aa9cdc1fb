import * as z from 'zod';
import { once } from '../../../once.ts';
import { readAcceptedJob } from '../acceptance.ts';
import { findOutputError, type JobPhase, readSuccess } from '../job-progress.ts';
import { classifyFailure, explainRefusal } from '../refusal.ts';
import type { ServiceDialect } from '../service.ts';

const statusAnswer = once(() =>
  z.object({
    status: z.string(),
    error_code: z.union([z.string(), z.number()]).nullish().catch(undefined),
    message: z.string().nullish().catch(undefined),
  }),
);

/** The words for the phase of a job (Adobe: `GET /v1/status/{jobId}`, `GET /v2/status/{jobId}`). */
const words = {
  pending: 'pending',
  running: 'running',
  succeeded: 'succeeded',
  partially_succeeded: 'partially_succeeded',
  failed: 'failed',
  cancelled: 'canceled',
  // Adobe has no word of its own.
  timed_out: 'failed',
} as const satisfies Record<JobPhase, string>;

const contentRefusals = {
  unauthorized_legal_reasons: 'Adobe refuses the request for legal reasons.',
  language_not_supported: 'Adobe does not support this language: use another one.',
};

/** What the contract, or a trial, allows is used up; or it is no contract for this. */
const contractCodes = {
  quota_exhausted: 'quota',
  taste_exhausted: 'quota',
  user_not_entitled: 'access',
  invalid_subscription: 'access',
} as const;

/** Answers of the Audio/Video API, and the gateway's in their form. */
export const audioVideoDialect: ServiceDialect = {
  readAcceptance: readAcceptedJob,
  contentRefusals,
  contractCodes,

  classifyRefusal: ({ status, code }) => {
    if (status === 403 && classifyFailure({ code }, { contractCodes }) === 'quota') return 'quota';
    // A missing permission: another token would be refused as well.
    if (status === 401 && code === 'unauthorized_forbidden') return 'access';
    // Every other 403 is about the credential; a 500 may come after the job was started (its texts say so).
    return undefined;
  },

  readStatus: (body, { result: shape }) => {
    const parsed = statusAnswer().safeParse(body);
    if (!parsed.success) return undefined;
    const { status, error_code: given, message: text } = parsed.data;
    switch (status) {
      case words.succeeded:
      case words.partially_succeeded:
        return readSuccess(shape, body, { isPartial: status === words.partially_succeeded });
      case words.failed: {
        // A job without a code of its own has one beside a locale or a rendition.
        const inner = given ? undefined : findOutputError(shape, body);
        const code = given ? String(given) : (inner?.code ?? 'failed');
        const message = text || inner?.message || `Adobe ended the job as ${status}.`;
        return { kind: 'failed', code, message: explainRefusal(contentRefusals, code, message) };
      }
      case words.cancelled:
      case 'cancelled':
        return { kind: 'cancelled', code: 'canceled', message: text || 'Adobe canceled the job.' };
      default:
        return { kind: 'running' };
    }
  },

  statusSchema: once(() =>
    z
      .looseObject({
        jobId: z.uuid(),
        status: z.enum(words),
        error_code: z.string().optional(),
        message: z.string().optional(),
      })
      .meta({
        id: 'AudioVideoJobStatus',
        description:
          'Once the job has succeeded, also partially, with the fields of the result that the operation describes',
      }),
  ),

  presentStatus: ({ jobId, phase, result, error }) => ({
    jobId,
    status: words[phase],
    ...result,
    error_code: error?.code,
    message: error?.message,
  }),

  cancelAnswer: {
    status: 202,
    schema: once(() => z.object({ jobId: z.uuid(), status: z.literal('canceling') })),
    write: (jobId) => ({ jobId, status: 'canceling' }),
  },

  presentRefusal: ({ code, message }) => ({ error_code: code, message }),
};
