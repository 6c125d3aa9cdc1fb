import * as z from 'zod';

/** Values of `x-model-version` that the v3 image endpoint knows. */
export const imageModels = ['image3', 'image3_custom', 'image4_standard', 'image4_ultra', 'image4_custom'] as const;

/** One of the models of the v3 image endpoint. */
export type ImageModel = (typeof imageModels)[number];

// Adobe counts characters, not UTF-16 code units.
const text = (minimum: number, maximum: number) =>
  z.string().superRefine((value, context) => {
    const length = [...value].length;
    const size = { origin: 'string', input: value } as const;
    if (length < minimum) context.addIssue({ code: 'too_small', minimum, ...size });
    if (length > maximum) context.addIssue({ code: 'too_big', maximum, ...size });
  });

const unique = (values: unknown[]) => new Set(values).size === values.length;
const integer = (minimum: number, maximum: number) => z.int().min(minimum).max(maximum);

// Adobe takes input images from these hosts and their subdomains only.
const inputDomains = ['amazonaws.com', 'windows.net', 'dropboxusercontent.com', 'storage.googleapis.com'];

const fromAllowedDomain = (value: string): boolean => {
  const host = URL.canParse(value) ? new URL(value).hostname : '';
  return inputDomains.some((domain) => host === domain || host.endsWith(`.${domain}`));
};

const source = z
  .object({
    uploadId: z.uuid().optional(),
    url: text(1, 2083).refine(fromAllowedDomain, 'the URL is not from an allowed domain').optional(),
  })
  .refine(
    ({ uploadId, url }) => (uploadId === undefined) !== (url === undefined),
    'exactly one of uploadId and url is required',
  );
const imageReference = z.object({ source });

const fields = z.object({
  prompt: text(1, 1024),
  negativePrompt: text(0, 1024).optional(),
  contentClass: z.enum(['photo', 'art']).optional(),
  customModelId: z.string().optional(),
  style: z
    .object({
      presets: z.array(z.string()).refine(unique, 'the list has duplicated items').optional(),
      imageReference: imageReference.optional(),
      strength: integer(1, 100).optional(),
    })
    .optional(),
  structure: z.object({ imageReference: imageReference.optional(), strength: integer(0, 100).optional() }).optional(),
  visualIntensity: integer(2, 10).optional(),
  upsamplerType: z.enum(['default', 'low_creativity']).optional(),
  numVariations: integer(1, 4).optional(),
  seeds: z.array(z.int()).min(1).max(4).refine(unique, 'the list has duplicated items').optional(),
  size: z.object({ width: integer(1, 4096), height: integer(1, 4096) }).optional(),
  promptBiasingLocaleCode: z.string().optional(),
});

/** The body of a generation request; unknown fields are tolerated, as Adobe does not say that it refuses them. */
export type ImageRequest = z.output<typeof fields>;

/** The rules for a body under one model; issues name the field. */
export const imageRequestSchema = (model: ImageModel) =>
  fields.superRefine((request, context) => {
    const refuse = (field: keyof ImageRequest, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    const custom = model.endsWith('_custom');
    if (custom && request.customModelId === undefined) refuse('customModelId', `required with model version ${model}`);
    if (custom && request.negativePrompt !== undefined) {
      refuse('negativePrompt', 'not supported with custom models');
    }
    if (model === 'image4_custom' && request.visualIntensity !== undefined) {
      refuse('visualIntensity', 'not supported with model version image4_custom');
    }
    if (model !== 'image4_custom' && request.upsamplerType !== undefined) {
      refuse('upsamplerType', 'only supported with model version image4_custom');
    }
    const { numVariations, seeds } = request;
    if (numVariations !== undefined && seeds !== undefined && seeds.length !== numVariations) {
      refuse('numVariations', 'must equal the number of seeds');
    }
  });
