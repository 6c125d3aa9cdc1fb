import * as z from 'zod';
import { once } from '../../../../once.ts';
import { edit, editFields, orientations, sharpness } from '../operations/edit.ts';
import { type LegacyCall, type Translation, translateCall } from './call.ts';
import { legacyInput, lightroomOutput, outputPlaces, toOutput, toSource } from './files.ts';

// Both forms are printed, for all of these calls.
const inputs = once(() =>
  z.union([z.strictObject({ source: legacyInput() }), legacyInput()], {
    error: 'must have href and storage, or a source with them',
  }),
);

const outputs = once(() => z.array(lightroomOutput()).min(1).max(25));

type Inputs = z.output<ReturnType<typeof inputs>>;

/** A request for `/v2/edit` with these edits. */
const toEdit = (
  given: { inputs: Inputs; outputs: z.output<ReturnType<typeof outputs>> },
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

const tone = once(() => z.strictObject({ inputs: inputs(), outputs: outputs() }));

const autoTone = translateCall({
  path: '/lrService/autoTone',
  does: 'Correct the tones of an image',
  successor: edit,
  body: tone,
  translate: (given) => toEdit(given, { autoTone: true }),
});

const straighten = once(() =>
  z.strictObject({
    inputs: inputs(),
    outputs: outputs(),
    options: z
      .strictObject({
        uprightMode: z.enum(['auto', 'full', 'level', 'vertical']),
        constrainCrop: z.boolean().optional(),
      })
      .optional(),
  }),
);

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

/** Each option: where it stands in the edits of the successor. */
const editPlaces = {
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
} as const satisfies Readonly<Record<string, readonly [string, string?]>>;

/** What each option may be: as in its place. */
const editValues = once((): Readonly<Record<keyof typeof editPlaces, z.ZodType>> => {
  const { light, color, effects, sharpen, noiseReduction } = editFields();
  return {
    Exposure: light.exposure,
    Contrast: light.contrast,
    Highlights: light.highlights,
    Shadows: light.shadows,
    Whites: light.whites,
    Blacks: light.blacks,
    Saturation: color.saturation,
    Vibrance: color.vibrance,
    WhiteBalance: color.whiteBalance,
    Clarity: effects.clarity,
    Dehaze: effects.dehaze,
    Texture: effects.texture,
    VignetteAmount: effects.vignette,
    Sharpness: sharpness(),
    SharpenDetail: sharpen.detail,
    SharpenRadius: sharpen.radius,
    NoiseReduction: noiseReduction.luminance,
    ColorNoiseReduction: noiseReduction.color,
  };
});

const editOptions = once(() =>
  z.strictObject({
    ...editValues(),
    SharpenEdgeMasking: z
      .never({ error: 'went to 10 and goes to 100 in /v2/edit, and Adobe publishes no counterpart: leave it out' })
      .optional(),
  }),
);

const toEdits = (options: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const edits: Record<string, unknown> = {};
  for (const [name, [group, field]] of Object.entries<readonly [string, string?]>(editPlaces)) {
    const value = options[name];
    if (value === undefined) continue;
    edits[group] = field === undefined ? value : { ...(edits[group] as object | undefined), [field]: value };
  }
  return edits;
};

const edited = once(() => z.strictObject({ inputs: inputs(), options: editOptions(), outputs: outputs() }));

const editImage = translateCall({
  path: '/lrService/edit',
  does: 'Edit an image',
  successor: edit,
  body: edited,
  translate: ({ options, ...given }) => {
    return toEdit(given, toEdits(options));
  },
});

const preset = once(() =>
  z.strictObject({
    inputs: z.strictObject({ source: legacyInput(), presets: z.array(legacyInput()).min(1).max(10) }),
    outputs: outputs(),
  }),
);

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

const xmpOptions = once(() =>
  z.strictObject({ xmp: z.string().min(1), orientation: z.int().min(1).max(8).optional() }),
);

const withXmp = once(() => z.strictObject({ inputs: inputs(), options: xmpOptions(), outputs: outputs() }));

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
