import * as z from 'zod';
import { once } from '../../../../once.ts';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { photoshopDestinations } from '../destinations.ts';
import { checkOutputs, countOutputs } from '../output-rules.ts';
import { edited } from '../outputs.ts';
import { photoshopPolling, photoshopResult } from '../results.ts';
import { fileImage, fileSource, presetSource, warnOfSharedFiles } from '../sources.ts';

const upTo100 = once(() => z.int().min(-100).max(100).optional());
const from0To100 = once(() => z.int().min(0).max(100).optional());

/** Adobe: the orientations of Exif, 1 to 8. */
export const orientations = [
  'top_left',
  'top_right',
  'bottom_right',
  'bottom_left',
  'left_top',
  'right_top',
  'right_bottom',
  'left_bottom',
] as const;

/** Adobe: the white balances that an edit knows. */
const whiteBalances = [
  'As Shot',
  'Auto',
  'Cloudy',
  'Custom',
  'Daylight',
  'Flash',
  'Fluorescent',
  'Shade',
  'Tungsten',
] as const;

/** Adobe: what an edit changes by a number or a word, in its groups. */
export const editFields = once(() => ({
  light: {
    exposure: z.number().min(-5).max(5).optional(),
    contrast: upTo100(),
    highlights: upTo100(),
    shadows: upTo100(),
    whites: upTo100(),
    blacks: upTo100(),
  },
  color: { saturation: upTo100(), vibrance: upTo100(), whiteBalance: z.enum(whiteBalances).optional() },
  effects: { clarity: upTo100(), dehaze: upTo100(), texture: upTo100(), vignette: upTo100() },
  sharpen: { detail: from0To100(), edgeMasking: from0To100(), radius: z.number().min(0.5).max(3).optional() },
  noiseReduction: { luminance: from0To100(), color: from0To100() },
}));

/** Adobe: how much an edit sharpens. */
export const sharpness = once(() => z.int().min(0).max(150).optional());

const edits = once(() =>
  z.strictObject({
    autoTone: z.boolean().optional(),
    autoStraighten: z
      .strictObject({
        enabled: z.boolean(),
        constrainCrop: z.boolean().optional(),
        uprightMode: z.enum(['auto', 'full', 'level', 'vertical']).optional(),
      })
      .optional(),
    light: z.strictObject(editFields().light).optional(),
    color: z.strictObject(editFields().color).optional(),
    effects: z.strictObject(editFields().effects).optional(),
    sharpness: sharpness(),
    sharpen: z.strictObject(editFields().sharpen).optional(),
    noiseReduction: z.strictObject(editFields().noiseReduction).optional(),
    presets: z.array(presetSource()).max(10).optional(),
    xmp: z
      .strictObject({
        source: fileSource(),
        orientation: z.enum(orientations).optional(),
        masks: z.array(z.strictObject({ source: fileSource(), digest: z.string() })).optional(),
      })
      .optional(),
  }),
);

/** Adobe: `POST /v2/edit`. */
export const edit = defineOperation({
  name: 'photoshop/edit',
  title: 'Edit an image as Lightroom does',
  path: '/v2/edit',
  body: () => z.strictObject({ image: fileImage(), edits: edits().optional(), outputs: edited() }),
  rules: checkOutputs,
  warnings: warnOfSharedFiles,
  countOutputs,
  accepts: followedAcceptance,
  result: photoshopResult,
  destinations: photoshopDestinations,
  polling: photoshopPolling,
});
