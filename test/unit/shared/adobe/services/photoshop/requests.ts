import fc from 'fast-check';
import {
  compression,
  destination,
  iccProfile,
  jpeg,
  listOf,
  optional,
  png,
  portable,
  quality,
  renditions,
  script,
  source,
  upTo100,
  within,
} from './request-files.ts';

const lightroom = optional({
  autoTone: fc.boolean(),
  autoStraighten: fc.record(
    { enabled: fc.boolean(), constrainCrop: fc.boolean(), uprightMode: fc.constantFrom('auto', 'vertical') },
    { requiredKeys: ['enabled'] },
  ),
  light: optional({ exposure: fc.double({ min: -5, max: 5, noNaN: true }), contrast: upTo100, blacks: upTo100 }),
  color: optional({ saturation: upTo100, vibrance: upTo100, whiteBalance: fc.constantFrom('As Shot', 'Tungsten') }),
  effects: optional({ clarity: upTo100, dehaze: upTo100, texture: upTo100, vignette: upTo100 }),
  sharpness: within(0, 150),
  sharpen: optional({ detail: within(0, 100), radius: fc.double({ min: 0.5, max: 3, noNaN: true }) }),
  noiseReduction: optional({ luminance: within(0, 100), color: within(0, 100) }),
  presets: fc.array(fc.oneof(source, fc.record({ source })), { maxLength: 10 }),
  xmp: fc.record(
    {
      source,
      orientation: fc.constantFrom('top_left', 'left_bottom'),
      masks: fc.array(fc.record({ source, digest: fc.string() }), { maxLength: 2 }),
    },
    { requiredKeys: ['source'] },
  ),
});

const image = fc.record({ source });
const add = fc.record({ type: fc.constant('add'), placement: fc.record({ type: fc.constantFrom('top', 'into') }) });
const edit = fc.constant({ type: 'edit' });
const rgb = fc.record({ red: within(0, 255), green: within(0, 255), blue: within(0, 255) });
const color = fc.oneof(
  fc.record({ red: within(0, 32_768), green: within(0, 32_768), blue: within(0, 32_768) }),
  fc.record({ gray: within(0, 32_768) }),
  fc.record({ l: within(0, 32_768), a: within(-16_384, 16_384), b: within(-16_384, 16_384) }),
);
const text = optional({
  content: fc.string(),
  frame: fc.constantFrom({ type: 'area', bounds: { top: 1, left: 2 } }, { type: 'point', origin: { x: 1 } }),
  characterStyles: fc.array(
    optional({ apply: fc.constant({ from: 0, to: 3 }), characterStyle: optional({ fontColor: color }) }),
    {
      maxLength: 2,
    },
  ),
});
const adjustments = fc.constantFrom(
  { type: 'brightness_contrast', brightnessContrast: { brightness: -150, contrast: 150 } },
  {
    type: 'hue_saturation',
    hueSaturation: { hueSaturationAdjustments: [{ hue: 1, localRange: { channelId: 'REDS' } }] },
  },
  { type: 'exposure', exposure: { exposureValue: -20, gammaCorrection: 9.99 } },
  { type: 'color_balance', colorBalance: { shadowLevels: [-100, 0, 100] } },
);
const { layer } = fc.letrec<{ layer: unknown }>((tie) => ({
  layer: fc.oneof(
    { maxDepth: 2 },
    fc.record({ operation: add, type: fc.constant('text_layer'), text }),
    fc.record({ operation: add, type: fc.constant('layer'), image, isVisible: fc.boolean() }),
    fc.record({
      operation: add,
      type: fc.constant('solid_color_layer'),
      fill: fc.record({ solidColor: fc.record({ rgb }) }),
    }),
    fc.record({ operation: add, type: fc.constant('adjustment_layer'), adjustments }),
    fc.record({
      operation: edit,
      name: fc.string(),
      pixelMask: fc.constant({ delete: true }),
      protection: fc.constant(['none']),
    }),
    fc.record({ operation: fc.constant({ type: 'delete', shouldIncludeChildren: true }), id: fc.integer() }),
    fc.record({ operation: add, type: fc.constant('group_layer'), children: fc.array(tie('layer'), { maxLength: 2 }) }),
  ),
}));

/** Bodies that the operations take, by their paths. */
export const bodies: Record<string, fc.Arbitrary<unknown>> = {
  '/v2/edit': fc.record(
    { image, edits: lightroom, outputs: listOf(jpeg, png) },
    { requiredKeys: ['image', 'outputs'] },
  ),
  '/v2/create-composite': fc.record(
    {
      image: fc.oneof(
        image,
        fc.record(
          {
            width: within(1, 32_000),
            height: within(1, 32_000),
            mode: fc.constant('rgb'),
            depth: fc.constant('8'),
            iccProfile,
          },
          { requiredKeys: ['width', 'height'] },
        ),
      ),
      edits: optional({
        document: optional({
          crop: fc.constant({ bounds: { top: 1 }, hide: true }),
          resize: fc.constant({
            width: { value: 10, unit: 'percent_unit' },
            resolution: { value: 1, unit: 'density_unit' },
          }),
          trim: fc.constant({ trimUpon: 'transparent_pixels' }),
        }),
        layers: fc.array(layer, { maxLength: 3 }),
      }),
      fontOptions: optional({
        additionalFonts: fc.array(fc.record({ source: portable }), { maxLength: 2 }),
        missingFontStrategy: fc.constantFrom('fail', 'use_default'),
      }),
      outputs: renditions,
    },
    { requiredKeys: ['image', 'outputs'] },
  ),
  '/v2/execute-actions': fc.record({
    image,
    options: fc.record(
      {
        actions: fc.array(fc.record({ source: script, actionName: fc.string() }, { requiredKeys: ['source'] }), {
          minLength: 1,
          maxLength: 10,
        }),
        uxp: fc.record({ source: script }),
        brushes: fc.array(fc.record({ source: portable }), { maxLength: 10 }),
        additionalContents: fc.array(fc.record({ source: portable }), { maxLength: 25 }),
      },
      { requiredKeys: ['actions'] },
    ),
    outputs: listOf(
      jpeg,
      fc.record({ mediaType: fc.constant('application/json'), scriptOutputPattern: fc.constantFrom('*.json', null) }),
    ),
  }),
  '/v2/create-artboard': fc.record(
    {
      images: fc.array(
        fc.record({ source, name: fc.string({ minLength: 1, maxLength: 255 }) }, { requiredKeys: ['source'] }),
        {
          minLength: 1,
          maxLength: 25,
        },
      ),
      artboardSpacing: fc.integer(),
      outputs: renditions,
    },
    { requiredKeys: ['images', 'outputs'] },
  ),
  '/v2/generate-manifest': fc.record(
    {
      image,
      includeLayerThumbnails: fc.boolean(),
      maximumThumbnailDepth: fc.nat(),
      exportOptions: fc.oneof(
        fc.record({ mediaType: fc.constant('image/jpeg'), quality }, { requiredKeys: ['mediaType'] }),
        fc.record({ mediaType: fc.constant('image/png'), compression }, { requiredKeys: ['mediaType'] }),
      ),
      outputs: listOf(
        fc.record({ destination, mediaType: fc.constant('application/json') }, { requiredKeys: ['mediaType'] }),
      ),
    },
    { requiredKeys: ['image', 'outputs'] },
  ),
};
