import * as z from 'zod';
import { edit, editFields, orientations, sharpness } from '../operations/edit.ts';
import { type LegacyCall, type Translation, translateCall } from './call.ts';
import { legacyInput, lightroomOutput, outputPlaces, toOutput, toSource } from './files.ts';

// Both forms are printed, for all of these calls.
const inputs = z.union([z.strictObject({ source: legacyInput }), legacyInput], {
  error: 'must have href and storage, or a source with them',
});

const outputs = z.array(lightroomOutput).min(1).max(25);

type Inputs = z.output<typeof inputs>;

/** A request for `/v2/edit` with these edits. */
const toEdit = (
  given: { inputs: Inputs; outputs: z.output<typeof outputs> },
  edits: Record<string, unknown>,
  places: Translation['places'] = {},
): Translation => {
  const isWrapped = 'source' in given.inputs;
  const input = 'source' in given.inputs ? given.inputs.source : given.inputs;
  return {
    body: { image: toSource(input), edits, outputs: given.outputs.map((output) => toOutput(output, 12)) },
    places: { ...outputPlaces, 'image.source.url': isWrapped ? 'inputs.source.href' : 'inputs.href', ...places },
  };
};

const tone = z.strictObject({ inputs, outputs });

const autoTone = translateCall({
  path: '/lrService/autoTone',
  does: 'Correct the tones of an image',
  successor: edit,
  body: tone,
  translate: (given) => toEdit(given, { autoTone: true }),
});

const straighten = z.strictObject({
  inputs,
  outputs,
  options: z
    .strictObject({
      uprightMode: z.enum(['auto', 'full', 'level', 'vertical']),
      constrainCrop: z.boolean().optional(),
    })
    .optional(),
});

const autoStraighten = translateCall({
  path: '/lrService/autoStraighten',
  does: 'Straighten an image',
  successor: edit,
  body: straighten,
  translate: ({ options, ...given }) => {
    // The ended call cropped unless it was told not to.
    return toEdit(given, { autoStraighten: { enabled: true, constrainCrop: true, ...options } });
  },
});

const { light, color, effects, sharpen, noiseReduction } = editFields;

/** Each option: where it stands in the edits of the successor, and what it may be there. */
const editPlaces: Readonly<Record<string, { place: readonly [string, string?]; value: z.ZodType }>> = {
  Exposure: { place: ['light', 'exposure'], value: light.exposure },
  Contrast: { place: ['light', 'contrast'], value: light.contrast },
  Highlights: { place: ['light', 'highlights'], value: light.highlights },
  Shadows: { place: ['light', 'shadows'], value: light.shadows },
  Whites: { place: ['light', 'whites'], value: light.whites },
  Blacks: { place: ['light', 'blacks'], value: light.blacks },
  Saturation: { place: ['color', 'saturation'], value: color.saturation },
  Vibrance: { place: ['color', 'vibrance'], value: color.vibrance },
  WhiteBalance: { place: ['color', 'whiteBalance'], value: color.whiteBalance },
  Clarity: { place: ['effects', 'clarity'], value: effects.clarity },
  Dehaze: { place: ['effects', 'dehaze'], value: effects.dehaze },
  Texture: { place: ['effects', 'texture'], value: effects.texture },
  VignetteAmount: { place: ['effects', 'vignette'], value: effects.vignette },
  Sharpness: { place: ['sharpness'], value: sharpness },
  SharpenDetail: { place: ['sharpen', 'detail'], value: sharpen.detail },
  SharpenRadius: { place: ['sharpen', 'radius'], value: sharpen.radius },
  NoiseReduction: { place: ['noiseReduction', 'luminance'], value: noiseReduction.luminance },
  ColorNoiseReduction: { place: ['noiseReduction', 'color'], value: noiseReduction.color },
};

const editOptions = z.strictObject({
  ...Object.fromEntries(Object.entries(editPlaces).map(([name, { value }]) => [name, value])),
  SharpenEdgeMasking: z
    .never({ error: 'went to 10 and goes to 100 in /v2/edit, and Adobe publishes no counterpart: leave it out' })
    .optional(),
});

const toEdits = (options: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const edits: Record<string, unknown> = {};
  for (const [name, { place }] of Object.entries(editPlaces)) {
    const [group, field] = place;
    const value = options[name];
    if (value === undefined) continue;
    edits[group] = field === undefined ? value : { ...(edits[group] as object | undefined), [field]: value };
  }
  return edits;
};

const edited = z.strictObject({ inputs, options: editOptions, outputs });

const editImage = translateCall({
  path: '/lrService/edit',
  does: 'Edit an image',
  successor: edit,
  body: edited,
  translate: ({ options, ...given }) => {
    return toEdit(given, toEdits(options));
  },
});

const preset = z.strictObject({
  inputs: z.strictObject({ source: legacyInput, presets: z.array(legacyInput).min(1).max(10) }),
  outputs,
});

const presets = translateCall({
  path: '/lrService/presets',
  does: 'Apply presets to an image',
  successor: edit,
  body: preset,
  translate: ({ inputs: files, ...given }) => {
    return toEdit(
      { ...given, inputs: { source: files.source } },
      { presets: files.presets.map(toSource) },
      { 'edits.presets[].source.url': 'inputs.presets[].href' },
    );
  },
});

const xmpOptions = z.strictObject({ xmp: z.string().min(1), orientation: z.int().min(1).max(8).optional() });

const withXmp = z.strictObject({ inputs, options: xmpOptions, outputs });

const xmp = translateCall({
  path: '/lrService/xmp',
  does: 'Apply XMP to an image',
  successor: edit,
  body: withXmp,
  translate: ({ options, ...given }, keepText) => {
    const { xmp: text, orientation } = options;
    return toEdit(
      given,
      {
        xmp: {
          source: { url: keepText(text, 'application/rdf+xml') },
          orientation: orientation && orientations[orientation - 1],
        },
      },
      { 'edits.xmp.source.url': 'options.xmp', 'edits.xmp.orientation': 'options.orientation' },
    );
  },
});

/** The calls of Lightroom that Adobe ended on 2026-07-31. */
export const lightroomCalls: readonly LegacyCall[] = [autoTone, autoStraighten, editImage, presets, xmp];
