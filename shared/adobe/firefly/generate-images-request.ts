import * as z from 'zod';
import { imageReference } from './image-source.ts';

/** Values of `x-model-version` for this operation (Adobe: `POST /v3/images/generate-async`). */
export const imageModelVersions = [
  'image3',
  'image3_custom',
  'image4_standard',
  'image4_ultra',
  'image4_custom',
] as const;

export type ImageModelVersion = (typeof imageModelVersions)[number];

/** A text whose length is counted in characters as Adobe does, not in UTF-16 units. */
const text = (minimum: number, maximum: number) =>
  z.string().check(({ value, issues }) => {
    const length = [...value].length;
    if (length < minimum) {
      issues.push({ code: 'too_small', origin: 'string', minimum, inclusive: true, input: value, continue: true });
    }
    if (length > maximum) {
      issues.push({ code: 'too_big', origin: 'string', maximum, inclusive: true, input: value, continue: true });
    }
  });

const unique = <Item extends string | number>(items: Item[]): boolean => new Set(items).size === items.length;
const repeated = { error: 'the list has duplicated items' };

const pixels = z.int().min(1).max(4096);

const body = z.strictObject({
  prompt: text(1, 1024),
  negativePrompt: text(0, 1024).optional(),
  contentClass: z.enum(['photo', 'art']).optional(),
  customModelId: z.string().min(1).optional(),
  style: z
    .strictObject({
      // Adobe's list of presets is editorial: ids that it does not know today are not ours to refuse.
      presets: z.array(z.string().min(1)).refine(unique, repeated).optional(),
      imageReference: imageReference.optional(),
      strength: z.int().min(1).max(100).optional(),
    })
    .optional(),
  structure: z
    .strictObject({ imageReference: imageReference.optional(), strength: z.int().min(0).max(100).optional() })
    .optional(),
  visualIntensity: z.int().min(2).max(10).optional(),
  upsamplerType: z.enum(['default', 'low_creativity']).optional(),
  numVariations: z.int().min(1).max(4).optional(),
  seeds: z.array(z.int()).min(1).max(4).refine(unique, repeated).optional(),
  size: z.strictObject({ width: pixels, height: pixels }).optional(),
  promptBiasingLocaleCode: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, { error: 'value is not a locale such as en-US' })
    .optional(),
});

/** What is wrong with a request and what Adobe does not document in it. */
export interface RequestFindings {
  /** Everything that Adobe would refuse; empty for a valid request. */
  issues: z.core.$ZodIssue[];
  /** Paths of fields that Adobe does not document, such as `style.mood`; they are passed on unchanged. */
  unknownFields: string[];
}

/**
 * Checks a request for `POST /v3/images/generate-async`: every field and limit that Adobe documents, and the rules
 * between fields and with the model version.
 *
 * @param modelVersion value of `x-model-version`; Adobe's default is image3
 */
export const checkGenerateImages = (request: unknown, modelVersion: ImageModelVersion = 'image3'): RequestFindings => {
  const found = body.safeParse(request).error?.issues ?? [];
  const issues: z.core.$ZodIssue[] = [];
  const unknownFields: string[] = [];
  for (const issue of found) {
    if (issue.code === 'unrecognized_keys') {
      unknownFields.push(...issue.keys.map((key) => [...issue.path, key].map(String).join('.')));
    } else {
      issues.push(issue);
    }
  }
  if (typeof request === 'object' && request !== null && !Array.isArray(request)) {
    issues.push(...ruleIssues(new Map(Object.entries(request)), modelVersion));
  }
  return { issues, unknownFields };
};

const ruleIssues = (fields: Map<string, unknown>, modelVersion: ImageModelVersion): z.core.$ZodIssue[] => {
  const issues: z.core.$ZodIssue[] = [];
  const refuse = (field: string, message: string) =>
    issues.push({ code: 'custom', path: [field], message, input: undefined });
  const custom = modelVersion.endsWith('_custom');
  const seeds = fields.get('seeds');
  const numVariations = fields.get('numVariations');
  if (Array.isArray(seeds) && typeof numVariations === 'number' && seeds.length !== numVariations) {
    refuse('seeds', 'the number of seeds must equal numVariations');
  }
  if (custom && !fields.has('customModelId'))
    refuse('customModelId', `required with the model version ${modelVersion}`);
  if (custom && fields.has('negativePrompt')) refuse('negativePrompt', 'not supported with custom models');
  if (modelVersion === 'image4_custom') {
    if (fields.has('visualIntensity')) refuse('visualIntensity', 'not supported with the model version image4_custom');
  } else if (fields.has('upsamplerType')) {
    refuse('upsamplerType', 'only supported with the model version image4_custom');
  }
  return issues;
};
