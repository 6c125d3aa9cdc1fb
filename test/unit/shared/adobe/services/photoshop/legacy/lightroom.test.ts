import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toLegacyPath } from '#shared/adobe/services/photoshop/legacy/call.ts';
import {
  callAt,
  destination,
  expectTaken,
  expectTranslation,
  input,
  kept,
  source,
  target,
  translate,
} from './calls.ts';

describe('a call of Lightroom becomes its successor', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      '/lrService/autoTone',
      { inputs: input, outputs: [{ ...target, type: 'image/jpeg' }] },
      {
        image: source,
        edits: { autoTone: true },
        outputs: [{ destination, mediaType: 'image/jpeg', quality: 'photoshop_max' }],
      },
    ],
    [
      '/lrService/autoStraighten',
      {
        inputs: { source: input },
        options: { uprightMode: 'full' },
        outputs: [{ ...target, type: 'image/png', quality: 3 }],
      },
      {
        image: source,
        edits: { autoStraighten: { enabled: true, constrainCrop: true, uprightMode: 'full' } },
        outputs: [{ destination, mediaType: 'image/png' }],
      },
    ],
    [
      '/lrService/edit',
      {
        inputs: { source: input },
        options: {
          Exposure: 0.5,
          Contrast: 1,
          Vibrance: 2,
          WhiteBalance: 'Auto',
          VignetteAmount: -3,
          Sharpness: 40,
          SharpenRadius: 0.5,
          NoiseReduction: 4,
          ColorNoiseReduction: 5,
        },
        outputs: [{ ...target, type: 'image/jpeg', quality: 4 }],
      },
      {
        image: source,
        edits: {
          light: { exposure: 0.5, contrast: 1 },
          color: { vibrance: 2, whiteBalance: 'Auto' },
          effects: { vignette: -3 },
          sharpness: 40,
          sharpen: { radius: 0.5 },
          noiseReduction: { luminance: 4, color: 5 },
        },
        outputs: [{ destination, mediaType: 'image/jpeg', quality: 'medium' }],
      },
    ],
    [
      '/lrService/presets',
      { inputs: { source: input, presets: [input] }, outputs: [{ ...target, type: 'image/x-adobe-dng' }] },
      { image: source, edits: { presets: [source] }, outputs: [{ destination, mediaType: 'image/x-adobe-dng' }] },
    ],
    [
      '/lrService/xmp',
      {
        inputs: { source: input },
        options: { xmp: '<x/>', orientation: 6 },
        outputs: [{ ...target, type: 'image/png' }],
      },
      {
        image: source,
        edits: { xmp: { source: { url: kept }, orientation: 'right_top' } },
        outputs: [{ destination, mediaType: 'image/png' }],
      },
    ],
  ])('%s', expectTranslation);
});

describe('what has no faithful counterpart is refused by its name', () => {
  const jpeg = { ...target, type: 'image/jpeg' };
  it.each<[string, Record<string, unknown>, string]>([
    ['/lrService/autoTone', { inputs: input, outputs: [{ ...jpeg, quality: 9 }] }, 'outputs.0.quality'],
    ['/lrService/autoTone', { inputs: input, outputs: [{ ...jpeg, storage: 'adobe' }] }, 'outputs.0.storage'],
    ['/lrService/autoTone', { inputs: input, outputs: [{ ...jpeg, width: 5 }] }, 'outputs.0'],
    [
      '/lrService/edit',
      { inputs: input, options: { SharpenEdgeMasking: 3 }, outputs: [jpeg] },
      'options.SharpenEdgeMasking',
    ],
    [
      '/lrService/xmp',
      { inputs: input, options: { xmp: 'x', orientation: 9 }, outputs: [jpeg] },
      'options.orientation',
    ],
    ['/pie/psdService/renditionCreate', { inputs: [input, input], outputs: [jpeg] }, 'inputs'],
    [
      '/pie/psdService/smartObject',
      { inputs: [input], options: { layers: [{ input, bounds: { top: 1 } }] }, outputs: [jpeg] },
      'options.layers.0.bounds',
    ],
    [
      '/pie/psdService/smartObject',
      {
        inputs: [input],
        options: { layers: [{ input, add: { insertTop: true, insertBottom: true } }] },
        outputs: [jpeg],
      },
      'options.layers.0.add',
    ],
  ])('%s %j', (path, body, field) => {
    const { error } = callAt(path).body().safeParse(body);
    expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(field);
  });
});

it('whatever a call of Lightroom allows, its successor takes', () => {
  const degree = fc.integer({ min: -100, max: 100 });
  const options = fc.record(
    {
      Exposure: fc.double({ min: -5, max: 5, noNaN: true }),
      Highlights: degree,
      Saturation: degree,
      Dehaze: degree,
      Sharpness: fc.integer({ min: 0, max: 150 }),
      SharpenDetail: fc.integer({ min: 0, max: 100 }),
      WhiteBalance: fc.constantFrom('As Shot', 'Auto', 'Custom', 'Tungsten'),
    },
    { requiredKeys: [] },
  );
  const output = fc.record(
    {
      href: fc.constant(target.href),
      storage: fc.constantFrom('external', 'azure', 'dropbox'),
      type: fc.constantFrom('image/jpeg', 'image/png', 'image/x-adobe-dng', 'application/rdf+xml'),
      quality: fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 12),
      overwrite: fc.boolean(),
    },
    { requiredKeys: ['href', 'storage', 'type'] },
  );
  const body = fc.record({
    inputs: fc.constantFrom<unknown>(input, { source: input }),
    options,
    outputs: fc.array(output, { minLength: 1, maxLength: 25 }),
  });
  fc.assert(
    fc.property(body, (given) => {
      expectTaken('/lrService/edit', translate('/lrService/edit', given));
    }),
  );
});

it('a field of the successor is named as the caller wrote it', () => {
  const { places } = callAt('/lrService/presets').translate(
    { inputs: { source: input, presets: [input] }, outputs: [{ ...target, type: 'image/png' }] },
    () => kept,
  );
  expect(toLegacyPath(['edits', 'presets', 1, 'source', 'url'], places)).toEqual(['inputs', 'presets', 1, 'href']);
  expect(toLegacyPath(['outputs', 2, 'destination', 'url'], places)).toEqual(['outputs', 2, 'href']);
  expect(toLegacyPath(['outputs', 0, 'quality'], places)).toEqual(['outputs', 0, 'quality']);
  expect(toLegacyPath(['image', 'source', 'url'], places)).toEqual(['inputs', 'source', 'href']);
  expect(toLegacyPath(['edits', 'autoTone'], places)).toEqual(['edits', 'autoTone']);
});
