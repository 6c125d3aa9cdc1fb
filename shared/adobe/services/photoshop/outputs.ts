import * as z from 'zod';
import { once } from '../../../once.ts';
import { exactlyOneOf, fileSource, outputUrl } from './sources.ts';

const keptByGateway = 'the gateway keeps every output, and cannot read Creative Cloud: leave it out, or name a url';

const destination = once(() =>
  exactlyOneOf(
    z.strictObject({
      url: outputUrl()
        .meta({ description: 'A presigned PUT, to which the gateway copies the output in the end' })
        .optional(),
      storageType: z.enum(['azure', 'dropbox']).optional(),
      validityPeriod: z.int().min(60).max(86_400).optional(),
      embedded: z.enum(['string', 'base64', 'json']).optional(),
      creativeCloudPath: z.never({ error: keptByGateway }).optional(),
      creativeCloudProjectId: z.never({ error: keptByGateway }).optional(),
    }),
    ['url', 'validityPeriod', 'embedded', 'creativeCloudPath'],
  ).meta({
    id: 'PhotoshopDestination',
    description: 'Without one the output is kept by the gateway alone, as the others are as well',
  }),
);

/** Adobe: how much is kept of a JPEG. */
export const quality = once(() => z.enum(['very_poor', 'poor', 'low', 'medium', 'high', 'maximum', 'photoshop_max']));

/** Adobe: how a PNG is compressed. */
export const compression = once(() =>
  z.enum(['none', 'very_low', 'low', 'medium_low', 'medium', 'medium_high', 'default', 'high', 'very_high', 'maximum']),
);

/** Adobe: the colour profiles that Photoshop brings along. */
export const standardProfiles = [
  'Adobe RGB (1998)',
  'Apple RGB',
  'ColorMatch RGB',
  'sRGB IEC61966-2.1',
  'Dot Gain 10%',
  'Dot Gain 15%',
  'Dot Gain 20%',
  'Dot Gain 25%',
  'Dot Gain 30%',
  'Gray Gamma 1.8',
  'Gray Gamma 2.2',
] as const;

/** A profile that Photoshop knows, or one of the caller's own. */
export const iccProfile = once(() =>
  z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('standard'),
      name: z.enum(standardProfiles),
      imageMode: z.enum(['rgb', 'grayscale']).optional(),
    }),
    z.strictObject({
      type: z.literal('custom'),
      name: z.string().max(255),
      source: fileSource(),
      imageMode: z.enum(['rgb', 'grayscale', 'cmyk']).optional(),
    }),
  ]),
);

/** How a picture is scaled. */
export const resample = once(() =>
  z.enum(['nearest_neighbor', 'bilinear', 'bicubic', 'bicubic_smoother', 'bicubic_sharper']),
);

/** A layer by its id, its name, or both. */
export const layerReference = once(() => z.strictObject({ id: z.int().optional(), name: z.string().optional() }));

const pixels = once(() => z.int().min(0));

const renditionTypes = [
  'image/jpeg',
  'image/png',
  'image/tiff',
  'image/vnd.adobe.photoshop',
  'document/vnd.adobe.cpsd+dcxucf',
  'document/vnd.adobe.cpsd+dcx',
  'application/json',
] as const;

const listOf = <Output extends z.ZodType>(output: Output) => z.array(output).min(1).max(25);

/** Outputs of the operations that render a document. */
export const renditions = once(() =>
  listOf(
    z
      .strictObject({
        destination: destination().optional(),
        mediaType: z.enum(renditionTypes),
        quality: quality().optional(),
        compression: compression().optional(),
        width: pixels().optional(),
        height: pixels().optional(),
        maxWidth: pixels().optional(),
        resample: resample().optional(),
        cropMode: z.enum(['trim_to_transparency', 'document_bounds', 'layer_bounds']).optional(),
        iccProfile: iccProfile().optional(),
        layers: z.array(layerReference()).max(100).optional(),
        scriptOutputPattern: z.string().max(255).nullish(),
        shouldOverwrite: z.boolean().optional(),
      })
      .meta({ id: 'PhotoshopOutput' }),
  ),
);

/** Outputs of an edit, which makes no documents with layers. */
export const edited = once(() =>
  listOf(
    z
      .strictObject({
        destination: destination().optional(),
        mediaType: z.enum(['image/jpeg', 'image/png', 'image/x-adobe-dng', 'application/rdf+xml']),
        quality: quality().optional(),
        compression: compression().optional(),
      })
      .meta({ id: 'PhotoshopEditOutput' }),
  ),
);

/** Outputs of a manifest. */
export const manifests = once(() =>
  listOf(z.strictObject({ destination: destination().optional(), mediaType: z.literal('application/json') })),
);
