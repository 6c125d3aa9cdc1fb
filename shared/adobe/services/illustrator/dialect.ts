import * as z from 'zod';
import { once } from '../../../once.ts';
import { readAcceptedJob } from '../acceptance.ts';
import { type JobPhase, readSuccess } from '../job-progress.ts';
import type { ServiceDialect } from '../service.ts';

const statusAnswer = once(() =>
  z.looseObject({
    status: z.string(),
    // Adobe's edge writes its codes as numbers.
    error_code: z.union([z.string(), z.number()]).nullish().catch(undefined),
    message: z.string().nullish().catch(undefined),
  }),
);

/** Illustrator's words for the phase of a job (Adobe: `GET /v1/status/{jobId}`): one for all that goes on, one for all that went wrong. */
const words = {
  pending: 'running',
  running: 'running',
  succeeded: 'succeeded',
  partially_succeeded: 'partially_succeeded',
  failed: 'failed',
  cancelled: 'failed',
  timed_out: 'failed',
} as const satisfies Record<JobPhase, string>;

/** What Adobe puts into the body of a running job, in seconds; the header of the same name is more exact. */
const retryAfterSeconds = '5';

/** Illustrator's status body as callers see it. */
const statusSchema = once(() =>
  z
    .object({
      jobId: z.uuid(),
      status: z.enum([...new Set(Object.values(words))]),
      'Retry-After': z.string().optional().meta({ description: 'While it is running: seconds until asking again' }),
      outputs: z
        .array(z.looseObject({ row: z.int().optional(), destination: z.looseObject({ url: z.url() }) }))
        .optional(),
      errors: z.array(z.looseObject({ row: z.int().optional() })).optional(),
      needsRerun: z.array(z.looseObject({})).optional(),
      error_code: z.string().optional(),
      message: z.string().optional(),
    })
    .meta({ id: 'IllustratorJobStatus' }),
);

/** Illustrator's answers, and the gateway's in their form. */
export const illustratorDialect: ServiceDialect = {
  readAcceptance: readAcceptedJob,

  readStatus: (body, { result }) => {
    const { data } = statusAnswer().safeParse(body);
    if (data === undefined) return undefined;
    switch (data.status) {
      case words.succeeded:
        return readSuccess(result, data);
      case words.partially_succeeded:
        return readSuccess(result, data, { isPartial: true });
      case words.failed: {
        const { error_code, message } = data;
        return {
          kind: 'failed',
          code: error_code ? String(error_code) : 'failed',
          message: message || 'Adobe ended the job as failed.',
        };
      }
      default:
        return { kind: 'running' };
    }
  },

  statusSchema,
  presentStatus: ({ jobId, phase, result, error }) => ({
    jobId,
    status: words[phase],
    'Retry-After': words[phase] === words.running ? retryAfterSeconds : undefined,
    ...result,
    error_code: error?.code,
    message: error?.message,
  }),
  presentRefusal: ({ code, message, fields }) => ({
    error_code: code,
    message,
    validation_errors:
      fields.length === 0 ? undefined : fields.map(({ path, message: reason }) => `${path.join('.')}: ${reason}`),
  }),
};
