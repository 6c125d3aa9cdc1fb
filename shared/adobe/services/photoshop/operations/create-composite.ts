import * as z from 'zod';
import { once } from '../../../../once.ts';
import { followedAcceptance } from '../../acceptance.ts';
import { asFields } from '../../body-fields.ts';
import { defineOperation, type RuleFinding } from '../../operation.ts';
import { photoshopDestinations } from '../destinations.ts';
import { checkLayers, layer, lengthUnit } from '../layers.ts';
import { checkOutputs, checkPatterns, countOutputs } from '../output-rules.ts';
import { iccProfile, renditions, resample } from '../outputs.ts';
import { photoshopPolling, photoshopResult } from '../results.ts';
import { fileSource, fontOptions, warnOfSharedFiles } from '../sources.ts';
import { bounds } from '../text.ts';

const side = once(() => z.int().min(1).max(32_000).optional());

const resolution = once(() => z.strictObject({ value: z.int().min(1).optional(), unit: z.literal('density_unit') }));

const modes = ['rgb', 'bitmap', 'grayscale', 'indexed', 'hsb', 'cmyk', 'lab', 'duotone', 'multichannel'] as const;

const image = once(() =>
  z
    .strictObject({
      source: fileSource().optional(),
      width: side(),
      height: side(),
      unit: lengthUnit().optional(),
      mode: z.enum(modes).optional(),
      depth: z.enum(['1', '8', '16', '32']).optional(),
      fill: z.enum(['white', 'background_color', 'transparent']).optional(),
      resolution: resolution().optional(),
      iccProfile: iccProfile().optional(),
      name: z.string().max(255).optional(),
      pixelScaleFactor: z.number().min(0.1).optional(),
    })
    .meta({ description: 'A document by its source, or a new one of this width and height' }),
);

const length = once(() => z.strictObject({ value: z.int().min(0).optional(), unit: lengthUnit() }));

const edits = once(() =>
  z.strictObject({
    document: z
      .strictObject({
        crop: z.strictObject({ bounds: bounds(), hide: z.boolean().optional() }).optional(),
        resize: z
          .strictObject({
            width: length().optional(),
            height: length().optional(),
            constrainProportions: z.boolean().optional(),
            rasterize: z.boolean().optional(),
            resample: resample().optional(),
            resolution: resolution().optional(),
            scaleStyles: z.boolean().optional(),
          })
          .optional(),
        trim: z.strictObject({ trimUpon: z.literal('transparent_pixels').optional() }).optional(),
      })
      .optional(),
    layers: z.array(layer()).optional(),
  }),
);

/** Adobe: the depths of each mode. */
const depths: Readonly<Record<string, readonly string[]>> = {
  bitmap: ['1'],
  grayscale: ['8', '16', '32'],
  indexed: ['8'],
  rgb: ['8', '16', '32'],
  cmyk: ['8', '16'],
  lab: ['8', '16'],
  hsb: ['8', '16', '32'],
  multichannel: ['8', '16'],
  duotone: ['8'],
};

const checkImage = ({ source, ...fields }: Readonly<Record<string, unknown>>): RuleFinding[] => {
  if (source !== undefined) {
    return ['width', 'height']
      .filter((name) => fields[name] !== undefined)
      .map((name) => ({ path: ['image', name], message: 'only for a new document, which has no source' }));
  }
  const findings: RuleFinding[] = ['width', 'height']
    .filter((name) => fields[name] === undefined)
    .map((name) => ({ path: ['image', name], message: 'required without a source' }));
  const { mode, depth } = fields;
  const allowed = typeof mode === 'string' && Object.hasOwn(depths, mode) ? depths[mode] : undefined;
  if (typeof depth === 'string' && allowed !== undefined && !allowed.includes(depth)) {
    findings.push({ path: ['image', 'depth'], message: `must be one of ${allowed.join(', ')} in the mode ${mode}` });
  }
  return findings;
};

const checkComposite = ({ image: document, edits: changes }: Readonly<Record<string, unknown>>): RuleFinding[] => [
  ...(document === undefined ? [] : checkImage(asFields(document))),
  ...checkLayers(asFields(changes)['layers'], ['edits', 'layers']),
];

/** Adobe: `POST /v2/create-composite`. */
export const createComposite = defineOperation({
  name: 'photoshop/create-composite',
  title: 'Make or change a document with layers',
  path: '/v2/create-composite',
  body: () =>
    z.strictObject({
      image: image(),
      edits: edits().optional(),
      fontOptions: fontOptions().optional(),
      outputs: renditions(),
    }),
  rules: (body) => [...checkComposite(body), ...checkOutputs(body), ...checkPatterns(body, { hasScripts: false })],
  warnings: warnOfSharedFiles,
  countOutputs,
  accepts: followedAcceptance,
  result: photoshopResult,
  destinations: photoshopDestinations,
  polling: photoshopPolling,
});
