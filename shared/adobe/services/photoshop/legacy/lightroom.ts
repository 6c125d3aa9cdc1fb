import * as z from 'zod';
import { edit, orientations, whiteBalances } from '../operations/edit.ts';
import type { LegacyCall, Translation } from './call.ts';
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

const autoTone: LegacyCall = {
  path: '/lrService/autoTone',
  title: 'Correct the tones of an image (ended by Adobe, answered by /v2/edit)',
  successor: edit,
  body: tone,
  translate: (body) => toEdit(tone.parse(body), { autoTone: true }),
};

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

const autoStraighten: LegacyCall = {
  path: '/lrService/autoStraighten',
  title: 'Straighten an image (ended by Adobe, answered by /v2/edit)',
  successor: edit,
  body: straighten,
  translate: (body) => {
    const { options, ...given } = straighten.parse(body);
    // The ended call cropped unless it was told not to.
    return toEdit(given, { autoStraighten: { enabled: true, constrainCrop: true, ...options } });
  },
};

const upTo100 = z.int().min(-100).max(100).optional();
const from0To100 = z.int().min(0).max(100).optional();

const editOptions = z.strictObject({
  Exposure: z.number().min(-5).max(5).optional(),
  Contrast: upTo100,
  Highlights: upTo100,
  Shadows: upTo100,
  Whites: upTo100,
  Blacks: upTo100,
  Saturation: upTo100,
  Vibrance: upTo100,
  WhiteBalance: z.enum(whiteBalances).optional(),
  Clarity: upTo100,
  Dehaze: upTo100,
  Texture: upTo100,
  VignetteAmount: upTo100,
  Sharpness: z.int().min(0).max(150).optional(),
  SharpenDetail: from0To100,
  SharpenRadius: z.number().min(0.5).max(3).optional(),
  SharpenEdgeMasking: z
    .never({ error: 'went to 10 and goes to 100 in /v2/edit, and Adobe publishes no counterpart: leave it out' })
    .optional(),
  NoiseReduction: from0To100,
  ColorNoiseReduction: from0To100,
});

type EditOptionName = Exclude<keyof z.output<typeof editOptions>, 'SharpenEdgeMasking'>;

/** Where each option stands in the edits of the successor. */
const editPlaces: Readonly<Record<EditOptionName, readonly [string, string?]>> = {
  Exposure: ['light', 'exposure'],
  Contrast: ['light', 'contrast'],
  Highlights: ['light', 'highlights'],
  Shadows: ['light', 'shadows'],
  Whites: ['light', 'whites'],
  Blacks: ['light', 'blacks'],
  Saturation: ['color', 'saturation'],
  Vibrance: ['color', 'vibrance'],
  WhiteBalance: ['color', 'whiteBalance'],
  Clarity: ['effects', 'clarity'],
  Dehaze: ['effects', 'dehaze'],
  Texture: ['effects', 'texture'],
  VignetteAmount: ['effects', 'vignette'],
  Sharpness: ['sharpness'],
  SharpenDetail: ['sharpen', 'detail'],
  SharpenRadius: ['sharpen', 'radius'],
  NoiseReduction: ['noiseReduction', 'luminance'],
  ColorNoiseReduction: ['noiseReduction', 'color'],
};

const toEdits = (options: z.output<typeof editOptions>): Record<string, unknown> => {
  const edits: Record<string, unknown> = {};
  for (const [name, [group, field]] of Object.entries(editPlaces)) {
    const value = options[name as EditOptionName];
    if (value === undefined) continue;
    edits[group] = field === undefined ? value : { ...(edits[group] as object | undefined), [field]: value };
  }
  return edits;
};

const edited = z.strictObject({ inputs, options: editOptions, outputs });

const editImage: LegacyCall = {
  path: '/lrService/edit',
  title: 'Edit an image (ended by Adobe, answered by /v2/edit)',
  successor: edit,
  body: edited,
  translate: (body) => {
    const { options, ...given } = edited.parse(body);
    return toEdit(given, toEdits(options));
  },
};

const preset = z.strictObject({
  inputs: z.strictObject({ source: legacyInput, presets: z.array(legacyInput).min(1).max(10) }),
  outputs,
});

const presets: LegacyCall = {
  path: '/lrService/presets',
  title: 'Apply presets to an image (ended by Adobe, answered by /v2/edit)',
  successor: edit,
  body: preset,
  translate: (body) => {
    const { inputs: files, ...given } = preset.parse(body);
    return toEdit(
      { ...given, inputs: { source: files.source } },
      { presets: files.presets.map(toSource) },
      { 'edits.presets[].source.url': 'inputs.presets[].href' },
    );
  },
};

const xmpOptions = z.strictObject({ xmp: z.string().min(1), orientation: z.int().min(1).max(8).optional() });

const withXmp = z.strictObject({ inputs, options: xmpOptions, outputs });

const xmp: LegacyCall = {
  path: '/lrService/xmp',
  title: 'Apply XMP to an image (ended by Adobe, answered by /v2/edit)',
  successor: edit,
  body: withXmp,
  translate: (body, keepText) => {
    const { options, ...given } = withXmp.parse(body);
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
};

/** The calls of Lightroom that Adobe ended on 2026-07-31. */
export const lightroomCalls: readonly LegacyCall[] = [autoTone, autoStraighten, editImage, presets, xmp];
