import * as z from 'zod';
import { once } from '../../../once.ts';
import type { ModelVersions, OperationDefinition, PollingPolicy, RuleFinding } from '../operation.ts';
import { byDefault, distinct, maskOf, text } from '../schema.ts';
import { imageFrom, inputDomains } from './image-source.ts';
import { stylePresets } from './style-presets.ts';

/** Adobe finishes images within seconds. */
export const imagePolling: PollingPolicy = { firstPollSeconds: 3, pollCeilingSeconds: 15, timeoutSeconds: 900 };

/** The values of `x-model-version` for an operation. */
export const modelVersions = (
  values: ModelVersions['values'],
  { default: standard, required }: Pick<ModelVersions, 'default' | 'required'>,
): ModelVersions => ({ header: 'x-model-version', values, default: standard, required });

/** Adobe: 1 to 1024 characters. */
export const prompt = once(() => text(1, 1024));
/** Adobe: up to 1024 characters. */
export const negativePrompt = once(() => text(0, 1024));

/** Adobe: 1 to 4 unique integers. */
export const seeds = once(() =>
  distinct(z.array(z.int()).min(1).max(4)).meta({
    description: 'A seed steers an output and does not reproduce it: the same request makes other bytes.',
  }),
);
/** Adobe: 1 to 4; by default as many as there are seeds, else 1. */
export const numVariations = once(() => z.int().min(1).max(4));

/** Width and height in pixels, each up to a maximum. */
export const sizeUpTo = (maximum: number) =>
  z.strictObject({ width: z.int().min(1).max(maximum), height: z.int().min(1).max(maximum) });

/** The size of an image; Adobe makes 2048 x 2048 where none is given. */
export const imageSizeUpTo = (maximum: number) => byDefault({ width: 2048, height: 2048 }, sizeUpTo(maximum));

/** A locale such as `en-US` (RFC 5646: subtags of up to eight letters and digits). */
export const localeCode = once(() =>
  z.string().regex(/^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/, { error: 'value is not a locale such as en-US' }),
);

/** Adobe: where the image stands in the result; not together with a mask. */
export const placement = once(() =>
  z.strictObject({
    alignment: z
      .strictObject({
        horizontal: byDefault('center', z.enum(['center', 'left', 'right'])).optional(),
        vertical: byDefault('center', z.enum(['center', 'top', 'bottom'])).optional(),
      })
      .optional(),
    inset: z
      .strictObject({
        left: z.int().optional(),
        top: z.int().optional(),
        right: z.int().optional(),
        bottom: z.int().optional(),
      })
      .optional(),
  }),
);

/** Adobe: when both are given, there are as many seeds as variations. */
export const seedsMatchVariations = (fields: Readonly<Record<string, unknown>>): RuleFinding[] => {
  const { seeds: given, numVariations: count } = fields;
  if (!Array.isArray(given) || typeof count !== 'number' || given.length === count) return [];
  return [{ path: ['seeds'], message: 'the number of seeds must equal numVariations' }];
};

/** How many outputs a request asks for (Adobe: one for each seed where `numVariations` does not say it). */
export const countVariations: OperationDefinition['countOutputs'] = ({ numVariations: count, seeds: given }) => {
  if (typeof count === 'number') return count;
  return Array.isArray(given) ? Math.max(1, given.length) : 1;
};

/** Whether a request has a mask, beside the image or inside it (Adobe: deprecated, yet what its tutorials do). */
const hasMask = ({ mask, image }: Readonly<Record<string, unknown>>): boolean =>
  mask !== undefined || (typeof image === 'object' && image !== null && 'mask' in image && image.mask !== undefined);

/** Adobe: a mask and a placement exclude each other. */
export const maskOrPlacement = (fields: Readonly<Record<string, unknown>>): RuleFinding[] =>
  hasMask(fields) && fields['placement'] !== undefined
    ? [{ path: ['placement'], message: 'not supported together with mask' }]
    : [];

/** Adobe: there is nothing to fill without a mask. */
export const maskRequired = (fields: Readonly<Record<string, unknown>>): RuleFinding[] =>
  hasMask(fields) ? [] : [{ path: ['mask'], message: 'field required, or image.mask' }];

/** Adobe: presets, a reference image, and how closely to follow them. Unknown presets are passed on with a warning. */
export const style = once(() =>
  z.strictObject({
    // Adobe's list of presets is editorial: ids that it does not know today are not ours to refuse.
    presets: distinct(z.array(z.string().meta({ examples: [...stylePresets] }))).optional(),
    imageReference: imageFrom(inputDomains.v3).optional(),
    strength: byDefault(50, z.int().min(1).max(100)).optional(),
  }),
);

/** An image of a composite. */
export const compositeImage = once(() => imageFrom(inputDomains.compositesAndVideo));

/** The fields that both composites have (Adobe: precise and adaptive composite). */
export const compositeFields = once(() => ({
  background: z.strictObject({ image: compositeImage(), fillAreaMask: maskOf('image', compositeImage()) }),
  numVariations: byDefault(1, z.int().min(1).max(3)).optional(),
  seeds: z.array(z.int()).min(1).max(3).optional(),
  output: z
    .strictObject({ mediaType: z.enum(['image/png', 'image/jpeg', 'image/webp', 'image/jxl']).optional() })
    .optional(),
}));

/** A number from 0 to 1. */
export const share = once(() => z.number().min(0).max(1));

/** Without seeds a request asks for something new each time. With them it asks for what an earlier job has made. */
export const hasSeeds: OperationDefinition['reusable'] = ({ seeds: given }) => Array.isArray(given) && given.length > 0;

/** The request with the seeds that the outputs were given; results that name none leave it as it was. */
export const withSeeds: OperationDefinition['repeat'] = (body, outputs) => {
  const given = outputs.map(({ seed }) => seed).filter((seed) => seed !== undefined);
  if (given.length === 0) return { ...body };
  return 'numVariations' in body ? { ...body, seeds: given, numVariations: given.length } : { ...body, seeds: given };
};
