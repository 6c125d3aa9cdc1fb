import * as z from 'zod';
import { once } from '../../../once.ts';
import { type JobPhase, readSuccess } from '../job-progress.ts';
import type { AcceptanceShape } from '../operation.ts';
import type { ServiceDialect } from '../service.ts';
import { spaceRenewal } from './space-renewal.ts';

const acceptance = once(() => z.object({ id: z.string().optional().catch(undefined), url: z.url() }));

const statusAnswer = once(() =>
  z.object({
    status: z.string(),
    error: z.string().nullish().catch(undefined),
    result: z.unknown().optional(),
  }),
);

/** Substance's words for the phase of a job (Adobe: "Asynchronous Jobs"); it has none for a cancelled one. */
const words = {
  pending: 'not_started',
  running: 'running',
  succeeded: 'succeeded',
  partially_succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'failed',
  timed_out: 'failed',
} as const satisfies Record<JobPhase, string>;

const jobFields = once(() => ({
  url: z.url().meta({ description: 'Where the job can be followed; it stays good after the end of the job' }),
  id: z.uuid(),
  status: z.enum(['not_started', 'running', 'succeeded', 'failed']),
}));

/** Adobe: 202 with an id and a URL; the URL for reports of bugs is left out, as it leads to Adobe. */
export const substanceAcceptance: AcceptanceShape = {
  status: 202,
  schema: once(() =>
    z
      .object({ ...jobFields(), warnings: z.array(z.string()).optional() })
      .meta({ id: 'AcceptedSubstanceJob', description: "Adobe's answer of Substance 3D" }),
  ),
  write: (jobId, { statusUrl }) => ({ url: statusUrl, id: jobId, status: words.pending }),
};

const presentStatus: ServiceDialect['presentStatus'] = ({ jobId, phase, result, error, links }) => ({
  url: links.statusUrl,
  id: jobId,
  status: words[phase],
  result,
  error: error?.message ?? (phase === 'cancelled' ? 'The job was cancelled.' : undefined),
});

/** A path as Substance writes it, such as `body.sources[0].url`. */
const writeLocation = (path: readonly (string | number)[]): string =>
  path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${part}`), 'body');

const describeEnd = (word: string, error: string | null | undefined): string =>
  error || `Adobe ended the job as ${word}.`;

/** Substance 3D's answers, and the gateway's in their form. */
export const substanceDialect: ServiceDialect = {
  readAcceptance: (body) => {
    const { id, url } = acceptance().safeParse(body).data ?? {};
    return url === undefined ? undefined : { jobId: id, statusUrl: url };
  },

  // Adobe does not say whether the job that took too long to be accepted (`timeout_error`) was begun.
  classifyRefusal: ({ status }) => (status === 408 ? 'unknown' : undefined),

  readStatus: (body, operation) => {
    const { status, error, result } = statusAnswer().safeParse(body).data ?? {};
    switch (status) {
      case undefined:
        return undefined;
      case words.succeeded:
        return readSuccess(operation.result, result);
      case words.failed:
        return { kind: 'failed', code: 'failed', message: describeEnd(status, error) };
      default:
        return { kind: 'running' };
    }
  },

  renewal: spaceRenewal,

  statusSchema: once(() =>
    z
      .object({ ...jobFields(), result: z.looseObject({}).optional(), error: z.string().optional() })
      .meta({ id: 'SubstanceJobStatus' }),
  ),

  // With `wait=true` Adobe answers with the status of the finished job.
  presentResult: presentStatus,
  presentStatus,

  presentRefusal: ({ code, message, fields }) => ({
    error_code: code,
    message,
    error_details: fields.map((field) => ({
      loc: writeLocation(field.path),
      msg: field.message,
      error_code: field.type,
    })),
  }),
};
