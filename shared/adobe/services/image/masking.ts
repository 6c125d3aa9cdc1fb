import * as z from 'zod';
import { once } from '../../../once.ts';
import { readCode } from '../../http/errors.ts';
import { type JobPhase, type JobProgress, readSuccess } from '../job-progress.ts';
import { contentRefusals } from '../photoshop/refusals.ts';
import { explainRefusal } from '../refusal.ts';
import { templateResult } from '../result-template.ts';
import type { PresentedJob, ServiceDialect } from '../service.ts';

const text = once(() => z.string().nullish().catch(undefined));
const code = once(() => z.union([z.string(), z.number()]).nullish().catch(undefined));

const statusAnswer = once(() =>
  z.object({ status: z.string(), error_code: code(), code: code(), message: text(), title: text() }),
);

/** Masking's words for the phase of a job (Adobe: `GET /v1/status/{jobId}`). */
const words = {
  pending: 'not_started',
  running: 'running',
  succeeded: 'succeeded',
  partially_succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'failed',
  timed_out: 'failed',
} as const satisfies Record<JobPhase, string>;

/** Reads a status of masking, whose results stand at the top of the body. */
export const readMaskingStatus: ServiceDialect['readStatus'] = (body, { result }): JobProgress | undefined => {
  const parsed = statusAnswer().safeParse(body);
  if (!parsed.success) return undefined;
  const { status, message, title, ...codes } = parsed.data;
  if (status === words.succeeded) return readSuccess(result, body);
  if (status !== words.failed) return { kind: 'running' };
  const failure = readCode(codes.error_code) ?? readCode(codes.code) ?? 'failed';
  const said = message || title || 'Adobe failed the job.';
  return { kind: 'failed', code: failure, message: explainRefusal(contentRefusals, failure, said) };
};

/** Writes a status as masking does. */
export const presentMaskingStatus = ({ jobId, phase, result, error, errors = [] }: PresentedJob) => {
  const [reason = errors[0]] = error === undefined ? [] : [error];
  return {
    ...result,
    jobId,
    status: words[phase],
    error_code: reason?.code,
    message: reason?.message,
  };
};

const box = once(() => z.looseObject({ width: z.number(), height: z.number() }));
const file = once(() =>
  z.looseObject({
    destination: z.looseObject({ url: z.url() }).optional(),
    mediaType: z.string().optional(),
    boundingBox: box().optional(),
  }),
);
const labelled = once(() => file().extend({ label: z.string().optional(), score: z.number().optional() }));

/** Where masking puts lists of masks, each with its label, score and box. */
const masksOf = (...names: string[]) => ({
  schema: () => z.object(Object.fromEntries(names.map((name) => [name, z.array(labelled())]))),
  outputs: names.flatMap((name) => [`${name}[].destination.url`, `${name}[].url`]),
  required: names.map((name) => `${name}[]`),
});

/** Where masking puts a single file. */
const fileOf = (...names: string[]) => ({
  schema: () => z.object(Object.fromEntries(names.map((name) => [name, file().optional()]))),
  outputs: names.flatMap((name) => [`${name}.destination.url`, `${name}.url`]),
});

/** `semanticMasks[]` and `backgroundMasks[]` (Adobe: mask objects). */
export const objectMasks = templateResult(masksOf('semanticMasks', 'backgroundMasks'));

/** `masks[]` (Adobe: mask body parts). */
export const bodyMasks = templateResult(masksOf('masks'));

/** `mask`, or `image` once its colours were decontaminated (Adobe: refine mask). */
export const refinedMask = templateResult(fileOf('mask', 'image'));

/** `image` (Adobe: fill masked areas). */
export const filledImage = templateResult(fileOf('image'));
