import * as z from 'zod';
import type { OutputTarget, PlannedOutput } from '../service/definition.ts';

const destination = z.union([
  z.looseObject({
    url: z.string().refine((url) => URL.canParse(url), { error: 'must be a URL' }),
    storageType: z.enum(['azure', 'dropbox']).optional(),
  }),
  z.looseObject({ validityPeriod: z.int().min(60).max(86_400) }),
  z.looseObject({ embedded: z.enum(['string', 'base64', 'json']) }),
]);

const qualities = ['very_poor', 'poor', 'low', 'medium', 'high', 'maximum', 'photoshop_max'] as const;
const levels = [
  'none',
  'very_low',
  'low',
  'medium_low',
  'medium',
  'medium_high',
  'default',
  'high',
  'very_high',
] as const;

/** JPEGs alone have a quality, PNGs alone a compression. */
export const encoding = {
  quality: z.enum(qualities).optional(),
  compression: z.enum([...levels, 'maximum']).optional(),
};

/** @param given.mediaType decides which of the two may be there */
export const checkEncoding = (
  given: { mediaType?: unknown; quality?: unknown; compression?: unknown },
  context: z.RefinementCtx,
): void => {
  const { mediaType, quality, compression } = given;
  const refuse = (name: string) => context.addIssue({ code: 'custom', path: [name], message: `not for ${mediaType}` });
  if (quality !== undefined && mediaType !== 'image/jpeg') refuse('quality');
  if (compression !== undefined && mediaType !== 'image/png') refuse('compression');
};

const listOf = (mediaType: z.ZodType<string>, more: z.ZodRawShape = {}) =>
  z
    .array(z.looseObject({ destination, mediaType, ...encoding, ...more }).superRefine(checkEncoding))
    .min(1)
    .max(25);

const pixels = z.int().min(0).optional();

/** Of `/v2/edit`. */
export const edited = listOf(z.enum(['image/jpeg', 'image/png', 'image/x-adobe-dng', 'application/rdf+xml']));

/** Of `/v2/generate-manifest`. */
export const manifests = listOf(z.literal('application/json'));

/** Of the operations that render documents. */
export const renditions = listOf(
  z.enum([
    'image/jpeg',
    'image/png',
    'image/tiff',
    'image/vnd.adobe.photoshop',
    'document/vnd.adobe.cpsd+dcx',
    'document/vnd.adobe.cpsd+dcxucf',
    'application/json',
  ]),
  {
    width: pixels,
    height: pixels,
    maxWidth: pixels,
    resample: z.enum(['nearest_neighbor', 'bilinear', 'bicubic', 'bicubic_smoother', 'bicubic_sharper']).optional(),
    cropMode: z.enum(['trim_to_transparency', 'document_bounds', 'layer_bounds']).optional(),
    iccProfile: z.looseObject({ type: z.enum(['standard', 'custom']), name: z.string() }).optional(),
    layers: z.array(z.looseObject({})).max(100).optional(),
    scriptOutputPattern: z.string().max(255).nullish(),
  },
);

const asked = z.object({
  outputs: z.array(z.looseObject({ destination, mediaType: z.string(), scriptOutputPattern: z.string().nullish() })),
});

// What a pattern finds among the files of a script.
const matches = 2;

/** What is made of a request: one output each, and what a pattern finds. */
export const planOutputs =
  (label: string, content?: (body: unknown) => string) =>
  (body: unknown): PlannedOutput[] =>
    asked.parse(body).outputs.flatMap(({ destination: place, mediaType, scriptOutputPattern: pattern }, index) => {
      const text = mediaType === 'application/rdf+xml' ? '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>' : content?.(body);
      const planned = { mediaType, target: toTarget(place), content: text };
      return Array.from({ length: pattern ? matches : 1 }, (_, match) => ({
        ...planned,
        label: `${label} ${index + match}`,
      }));
    });

const toTarget = (place: z.output<typeof destination>): OutputTarget => {
  if (typeof place['url'] === 'string') return { kind: 'put', url: place['url'] };
  if ('embedded' in place) return { kind: 'embedded', as: z.enum(['string', 'base64', 'json']).parse(place.embedded) };
  return { kind: 'hosted', lifetimeMs: Number(place['validityPeriod']) * 1000 };
};
