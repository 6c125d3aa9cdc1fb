import * as z from 'zod';
import { checkCounts, integer, refusing } from '../fields.ts';
import type { OutputFormat, Plan, SimulatedOperation } from '../operation.ts';
import { hosts, imageFrom } from '../sources.ts';

const image = imageFrom(hosts.compositesAndVideo);
const share = z.number().min(0).max(1).optional();

const commonFields = {
  background: z.object({ image, fillAreaMask: image }),
  numVariations: integer(1, 3).optional(),
  seeds: z.array(z.int()).min(1).max(3).optional(),
  output: z.object({ mediaType: z.enum(['image/png', 'image/jpeg', 'image/webp', 'image/jxl']).optional() }).optional(),
};

// The library that draws cannot write JPEG XL.
const formats: Record<string, OutputFormat> = {
  'image/png': 'png',
  'image/jxl': 'png',
  'image/jpeg': 'jpeg',
  'image/webp': 'webp',
};

// Adobe: the default seeds of one, two and three variations.
const defaultSeeds = [333, 222, 111];

const plan = (request: Readonly<Record<string, unknown>>): Plan => {
  const seeds = request['seeds'] as number[] | undefined;
  const outputs = seeds?.length ?? (request['numVariations'] as number | undefined) ?? 1;
  const { mediaType } = (request['output'] ?? {}) as { mediaType?: string };
  return {
    seeds: seeds ?? defaultSeeds.slice(0, outputs),
    outputs,
    size: { width: 1024, height: 1024 },
    prompt: 'an object in its background',
    format: mediaType === undefined ? undefined : formats[mediaType],
  };
};

const composite = (path: string, fields: z.ZodType<Record<string, unknown>>): SimulatedOperation => ({
  path,
  body: () => fields.superRefine((request, context) => checkCounts(request, refusing(context))),
  accepts: { family: 'job' },
  plan,
  result: ({ outputs }) => ({ outputs: outputs.map(({ seed, url }) => ({ seed, image: { url } })) }),
});

/** `POST /v3/images/precise-composite`. */
export const preciseComposite = composite(
  '/v3/images/precise-composite',
  z.object({ ...commonFields, object: z.object({ image }), blend: share }),
);

/** `POST /v3/images/adaptive-composite`. */
export const adaptiveComposite = composite(
  '/v3/images/adaptive-composite',
  z.object({
    ...commonFields,
    object: z.object({ image, mask: image.optional() }),
    harmonization: share,
    shadowIntensity: share,
    preserveBackground: z.boolean().optional(),
  }),
);
