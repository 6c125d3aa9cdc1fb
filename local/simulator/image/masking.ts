import * as z from 'zod';
import { json } from '../http/answer.ts';
import type { PlannedOutput, ServiceJob, ServiceOperation, SimulatedInput } from '../service/definition.ts';
import { createRefuse } from '../service/refusals.ts';

const picture = (mediaType: z.ZodType<string>) =>
  z.looseObject({ source: z.looseObject({ url: z.string() }), mediaType: mediaType.optional() });

const image = picture(z.enum(['image/jpeg', 'image/png']));
const mask = picture(z.literal('image/png'));

/** `{type, code, title, details}`, unlike all others. */
const refuse = createRefuse(
  ({ code, message, issues }) => ({
    type: code,
    code,
    title: message,
    details: issues.map((issue, index) =>
      index % 2 === 0
        ? { name: issue.path.join('.'), reason: issue.message }
        : { reason: `${issue.path.join('.')}: ${issue.message}` },
    ),
  }),
  {
    fields: [400, 'input_validation_error'],
    json: [400, 'input_validation_error'],
    rate_limited: [429, 'too_many_requests'],
    not_entitled: [403, 'forbidden'],
  },
);

const findPictures = (value: unknown, path: (string | number)[] = []): SimulatedInput[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const here = [...path, Array.isArray(value) ? Number(name) : name];
    if (name !== 'url' || typeof inner !== 'string') return findPictures(inner, here);
    const mediaTypes = ['image/jpeg', 'image/png'];
    return [{ path: here, url: inner, mediaTypes, maxSize: { width: 4_000, height: 4_000 } }];
  });
};

const png = (label: string): PlannedOutput => ({ mediaType: 'image/png', target: { kind: 'hosted' }, label });

const toFile = (job: ServiceJob, index: number) => ({
  destination: { url: job.outputs[index]?.url },
  mediaType: job.outputs[index]?.mediaType,
});

/** A guide has `left` and `top` where the description has `x` and `y`. */
const writeBox = ({ isOdd }: ServiceJob) =>
  isOdd ? { left: 1, top: 2, width: 30, height: 40 } : { x: 1, y: 2, width: 30, height: 40 };

const toMask = (job: ServiceJob, index: number, label: string) => ({
  label,
  boundingBox: writeBox(job),
  score: 0.9,
  ...toFile(job, index),
});

const masking = (
  path: `/v1/${string}`,
  body: ServiceOperation['body'],
  labels: (body: Readonly<Record<string, unknown>>) => string[],
  write: (job: ServiceJob, labels: readonly string[]) => Record<string, unknown>,
): ServiceOperation => ({
  path,
  quotas: ['masking'],
  body,
  inputs: (request) => findPictures(request),
  outputs: (request) => labels(request).map(png),
  statusPath: '/v1/status/{jobId}',
  accept: ({ jobId, isOdd }, { statusUrl }) =>
    json(202, isOdd ? { _links: { self: { href: statusUrl } } } : { jobId, statusUrl }),
  status: (job) => ({
    jobId: job.jobId,
    status: job.phase === 'pending' ? 'not_started' : job.phase,
    ...(job.phase === 'succeeded' && write(job, labels(job.request))),
    ...(job.error && { error_code: job.error.code, message: job.error.message }),
  }),
  refuse,
});

const objects = ['person', 'car'];

const bodyParts = ({ useGranularLabels }: Readonly<Record<string, unknown>>): string[] =>
  useGranularLabels === true ? ['Hat', 'Left Shoe', 'Right Shoe'] : ['Hat', 'Shoes'];

const isDecontaminated = ({ colorDecontamination }: Readonly<Record<string, unknown>>): boolean =>
  colorDecontamination === true;

/** The four operations of masking. */
export const maskingOperations: readonly ServiceOperation[] = [
  masking(
    '/v1/mask-objects',
    z.looseObject({ image }),
    () => [...objects, 'sky'],
    (job, labels) => {
      const masks = labels.map((label, index) => toMask(job, index, label));
      return { semanticMasks: masks.slice(0, objects.length), backgroundMasks: masks.slice(objects.length) };
    },
  ),
  masking(
    '/v1/mask-body-parts',
    z.looseObject({ image, mask, useGranularLabels: z.boolean().optional() }),
    bodyParts,
    (job, labels) => ({ masks: labels.map((label, index) => toMask(job, index, label)) }),
  ),
  masking(
    '/v1/refine-mask',
    z.looseObject({ image, mask: image, colorDecontamination: z.boolean().optional() }),
    (body) => [isDecontaminated(body) ? 'an image without its background' : 'a refined mask'],
    (job) => ({
      [isDecontaminated(job.request) ? 'image' : 'mask']: { ...toFile(job, 0), boundingBox: writeBox(job) },
    }),
  ),
  masking(
    '/v1/fill-masked-areas',
    z.looseObject({ image, masks: z.array(image) }),
    () => ['a filled image'],
    (job) => ({ image: toFile(job, 0) }),
  ),
];
