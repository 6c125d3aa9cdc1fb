import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { photoshop as simulated } from '#local/simulator/photoshop/service.ts';
import { checkRequest } from '#shared/adobe/services/check-request.ts';
import { photoshop } from '#shared/adobe/services/photoshop/service.ts';
import { replacePlace } from '#test/fixtures/broken-bodies.ts';

const operationAt = (path: string) => {
  const found = photoshop.operations.find((operation) => operation.path === path);
  if (found === undefined) throw new Error(`There is no operation at ${path}.`);
  return found;
};

const url = fc.constantFrom(
  'https://bucket.s3.eu-west-1.amazonaws.com/in.psd?X-Amz-Signature=1',
  'https://files.example.com/in.tif',
  's3://bucket/in.psd',
  'job:0197c3f2-5a5e-7c3d-8f60-0d5f1f1f7c11/0',
);
const creativeCloud = fc.oneof(
  fc.record(
    { creativeCloudPath: fc.constant('/a.psd'), creativeCloudProjectId: fc.constant('urn:aaid:sc:US:1') },
    { requiredKeys: ['creativeCloudPath'] },
  ),
  fc.record({ creativeCloudFileId: fc.constant('urn:aaid:sc:US:2') }),
);
const portable = fc.oneof(fc.record({ url }), creativeCloud);
const source = fc.oneof(portable, fc.record({ lightroomPath: fc.constant('/v2/catalogs/1/assets/2') }));
const script = fc.oneof(
  source,
  fc.record(
    { content: fc.oneof(fc.string(), fc.constant('x'.repeat(51_200))), contentType: fc.constant('application/json') },
    { requiredKeys: ['content'] },
  ),
);

const optional = <Fields>(fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> }) =>
  fc.record(fields, { requiredKeys: [] });
const within = (min: number, max: number) => fc.integer({ min, max });
const upTo100 = within(-100, 100);

const destination = fc.oneof(
  fc.record(
    {
      url: fc.constant('https://bucket.s3.amazonaws.com/out?X-Amz-Signature=1'),
      storageType: fc.constantFrom('azure', 'dropbox'),
    },
    { requiredKeys: ['url'] },
  ),
  fc.record({ validityPeriod: within(60, 86_400) }),
  fc.record({ embedded: fc.constantFrom('string', 'base64', 'json') }),
);
const quality = fc.constantFrom('very_poor', 'poor', 'low', 'medium', 'high', 'maximum', 'photoshop_max');
const compression = fc.constantFrom('none', 'very_low', 'medium_low', 'medium_high', 'default', 'maximum');
const jpeg = fc.record({ destination, mediaType: fc.constant('image/jpeg'), quality }, { requiredKeys: ['mediaType'] });
const png = fc.record(
  { destination, mediaType: fc.constant('image/png'), compression },
  { requiredKeys: ['mediaType'] },
);
const iccProfile = fc.oneof(
  fc.record(
    {
      type: fc.constant('standard'),
      name: fc.constantFrom('Apple RGB', 'Dot Gain 20%'),
      imageMode: fc.constant('rgb'),
    },
    { requiredKeys: ['type', 'name'] },
  ),
  fc.record(
    { type: fc.constant('custom'), name: fc.string({ maxLength: 255 }), source, imageMode: fc.constant('cmyk') },
    { requiredKeys: ['type', 'name', 'source'] },
  ),
);
const document = fc.record(
  {
    destination,
    mediaType: fc.constantFrom('image/tiff', 'image/vnd.adobe.photoshop', 'document/vnd.adobe.cpsd+dcx'),
    width: within(0, 32_000),
    maxWidth: within(0, 32_000),
    resample: fc.constantFrom('bilinear', 'bicubic_sharper'),
    cropMode: fc.constantFrom('trim_to_transparency', 'layer_bounds'),
    iccProfile,
    layers: fc.array(optional({ id: fc.integer(), name: fc.string() }), { maxLength: 3 }),
    shouldOverwrite: fc.boolean(),
  },
  { requiredKeys: ['mediaType'] },
);
const listOf = (...kinds: fc.Arbitrary<unknown>[]) => fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 25 });
const renditions = listOf(jpeg, png, document);

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

const bodies: Record<string, fc.Arbitrary<unknown>> = {
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

describe('what Photoshop takes', () => {
  it.each(photoshop.operations)('$name is taken, by the simulator as well, whatever is there besides', (operation) => {
    fc.assert(
      fc.property(bodies[operation.path] ?? fc.constant({}), (body) => {
        expect(checkRequest(operation, body).issues).toEqual([]);
        const sent = operation.destinations?.host?.(body as Record<string, unknown>);
        const received = simulated.operations.find(({ path }) => path === operation.path);
        expect(received?.body.safeParse(sent).error?.issues).toBeUndefined();
        const extended = { ...(body as object), added: 1 };
        expect(checkRequest(operation, extended).issues).toEqual([]);
        expect(checkRequest(operation, extended).warnings.join()).toContain('added');
      }),
      { numRuns: 60 },
    );
  });
});

const sourced = { source: { url: 's3://bucket/in.psd' } };
const whole: Record<string, Record<string, unknown>> = {
  '/v2/edit': {
    image: sourced,
    edits: { light: { exposure: 1 }, autoStraighten: { enabled: true }, presets: [sourced], xmp: sourced },
    outputs: [{ mediaType: 'image/jpeg' }, { mediaType: 'image/png' }],
  },
  '/v2/create-composite': {
    image: { width: 10, height: 10, mode: 'bitmap', depth: '1' },
    edits: {
      layers: [
        {
          operation: { type: 'add', placement: { type: 'top' } },
          type: 'group_layer',
          children: [
            {
              operation: { type: 'add', placement: { type: 'into' } },
              type: 'text_layer',
              text: { content: 'a', characterStyles: [{ characterStyle: { fontColor: { gray: 1 } } }] },
            },
          ],
        },
        { operation: { type: 'edit' }, pixelMask: { delete: true }, adjustments: { type: 'exposure', exposure: {} } },
      ],
    },
    outputs: [{ mediaType: 'image/tiff', destination: { url: 'https://example.com/a' } }],
  },
  '/v2/execute-actions': {
    image: sourced,
    options: { actions: [{ source: { content: '[]' } }], brushes: [sourced] },
    outputs: [{ mediaType: 'image/png' }, { mediaType: 'application/json', scriptOutputPattern: '*.json' }],
  },
  '/v2/create-artboard': { images: [{ ...sourced, name: 'a' }], outputs: [{ mediaType: 'image/png' }] },
  '/v2/generate-manifest': {
    image: sourced,
    exportOptions: { mediaType: 'image/jpeg' },
    outputs: [{ mediaType: 'application/json' }],
  },
};

const outputsOf = (count: number) => Array.from({ length: count }, () => ({ mediaType: 'image/png' }));

// Where: what is put there, and by which name it is refused if not by that of the place itself.
const broken: [path: string, place: string, value: unknown, named?: string][] = [
  ['/v2/edit', 'image', undefined],
  ['/v2/edit', 'image.source', {}],
  ['/v2/edit', 'image.source', { url: 'https://a/b', creativeCloudPath: '/a' }],
  ['/v2/edit', 'image.source', { url: 'https://a/b', content: 'a', creativeCloudFileId: 'urn:aaid:1' }],
  ['/v2/edit', 'image.source.url', 'http://files.example.com/in.png'],
  ['/v2/edit', 'image.source.url', 'https://user:word@files.example.com/in.png'],
  ['/v2/edit', 'image.source.url', 's3://bucket'],
  ['/v2/edit', 'image.source.url', 7],
  ['/v2/edit', 'image.source', { creativeCloudFileId: 'a' }, 'image.source.creativeCloudFileId'],
  ['/v2/edit', 'image.source', { lightroomPath: '/v1/a' }, 'image.source.lightroomPath'],
  ['/v2/edit', 'edits.light.exposure', 5.1],
  ['/v2/edit', 'edits.light.contrast', 0.5],
  ['/v2/edit', 'edits.color', { whiteBalance: 'Moon' }, 'edits.color.whiteBalance'],
  ['/v2/edit', 'edits.effects', { dehaze: 101 }, 'edits.effects.dehaze'],
  ['/v2/edit', 'edits.sharpness', 151],
  ['/v2/edit', 'edits.sharpen', { radius: 0.4 }, 'edits.sharpen.radius'],
  ['/v2/edit', 'edits.noiseReduction', { color: -1 }, 'edits.noiseReduction.color'],
  ['/v2/edit', 'edits.autoStraighten.enabled', undefined],
  ['/v2/edit', 'edits.presets.0', {}],
  ['/v2/edit', 'edits.presets', Array.from({ length: 11 }, () => sourced)],
  ['/v2/edit', 'edits.xmp.orientation', 'upside_down'],
  ['/v2/edit', 'edits.xmp.masks', [sourced], 'edits.xmp.masks.0.digest'],
  ['/v2/edit', 'outputs', []],
  ['/v2/edit', 'outputs', outputsOf(26)],
  ['/v2/edit', 'outputs.0.mediaType', 'image/tiff'],
  ['/v2/edit', 'outputs.0.mediaType', undefined],
  ['/v2/edit', 'outputs.0.compression', 'low'],
  ['/v2/edit', 'outputs.1.quality', 'low'],
  ['/v2/edit', 'outputs.0.destination', {}],
  ['/v2/edit', 'outputs.0.destination', { validityPeriod: 60, embedded: 'json' }],
  ['/v2/edit', 'outputs.0.destination.validityPeriod', 59],
  ['/v2/edit', 'outputs.0.destination.validityPeriod', 86_401],
  ['/v2/edit', 'outputs.0.destination.embedded', 'binary'],
  ['/v2/edit', 'outputs.0.destination.url', 'http://example.com/a'],
  [
    '/v2/edit',
    'outputs.0.destination',
    { embedded: 'json', storageType: 'azure' },
    'outputs.0.destination.storageType',
  ],
  ['/v2/edit', 'outputs.0.destination', { creativeCloudPath: '/a' }, 'outputs.0.destination.creativeCloudPath'],
  ['/v2/create-composite', 'image.width', 0],
  ['/v2/create-composite', 'image.height', 32_001],
  ['/v2/create-composite', 'image.height', undefined],
  ['/v2/create-composite', 'image', { ...sourced, width: 1 }, 'image.width'],
  ['/v2/create-composite', 'image.depth', '8'],
  ['/v2/create-composite', 'image.name', 'x'.repeat(256)],
  ['/v2/create-composite', 'image.iccProfile', { type: 'custom', name: 'a' }, 'image.iccProfile.source'],
  ['/v2/create-composite', 'edits.layers.0.operation', undefined],
  ['/v2/create-composite', 'edits.layers.0.operation.placement', undefined],
  ['/v2/create-composite', 'edits.layers.0.operation.type', 'paint'],
  ['/v2/create-composite', 'edits.layers.0.children.0.text', undefined],
  [
    '/v2/create-composite',
    'edits.layers.0.children.0.blendOptions',
    { opacity: 101 },
    'edits.layers.0.children.0.blendOptions.opacity',
  ],
  [
    '/v2/create-composite',
    'edits.layers.0.children.0.text.characterStyles.0.characterStyle.fontColor',
    { gray: 1, red: 1, green: 1, blue: 1 },
  ],
  ['/v2/create-composite', 'edits.layers.0.children.0.text.characterStyles.0.characterStyle.fontColor', { red: 1 }],
  ['/v2/create-composite', 'edits.layers.1.pixelMask.delete', undefined],
  ['/v2/create-composite', 'edits.layers.1.protection', ['none', 'all']],
  ['/v2/create-composite', 'edits.layers.1.adjustments.exposure', undefined],
  ['/v2/create-composite', 'edits.layers.1.adjustments.type', 'blur'],
  ['/v2/create-composite', 'outputs.0.scriptOutputPattern', '*.png'],
  ['/v2/create-composite', 'outputs.0.layers', Array.from({ length: 101 }, () => ({ id: 1 }))],
  ['/v2/create-composite', 'outputs.0.width', -1],
  ['/v2/execute-actions', 'image', { width: 1, height: 1 }, 'image.source'],
  ['/v2/execute-actions', 'options', undefined],
  ['/v2/execute-actions', 'options.actions', undefined],
  ['/v2/execute-actions', 'options.actions', []],
  ['/v2/execute-actions', 'options.actions.0.source.content', 'x'.repeat(51_201)],
  ['/v2/execute-actions', 'options.brushes.0.source', { content: 'a' }],
  ['/v2/execute-actions', 'options.patterns', Array.from({ length: 11 }, () => sourced)],
  ['/v2/execute-actions', 'options.additionalContents', Array.from({ length: 26 }, () => sourced)],
  ['/v2/execute-actions', 'outputs.1.destination', { url: 'https://a/b' }, 'outputs.1.scriptOutputPattern'],
  ['/v2/create-artboard', 'images', []],
  ['/v2/create-artboard', 'images', Array.from({ length: 26 }, () => sourced)],
  ['/v2/create-artboard', 'images.0.name', ''],
  ['/v2/create-artboard', 'artboardSpacing', 0.5],
  ['/v2/generate-manifest', 'outputs.0.mediaType', 'image/png'],
  ['/v2/generate-manifest', 'maximumThumbnailDepth', -1],
  ['/v2/generate-manifest', 'exportOptions.mediaType', 'image/tiff'],
  ['/v2/generate-manifest', 'exportOptions.compression', 'low'],
];

describe('what is wrong in one place is named', () => {
  it.each(Object.entries(whole))('%s is right before anything in it is changed', (path, body) => {
    expect(checkRequest(operationAt(path), body)).toEqual({ issues: [], warnings: [] });
  });

  it.each(broken)('%s: %s as %j', (path, place, value, named = place) => {
    const body = replacePlace(whole[path], place, value);
    const { issues } = checkRequest(operationAt(path), body);
    expect(issues.map((issue) => issue.path.join('.'))).toContain(named);
  });

  it('warns of files that Adobe reads with the rights of the credential', () => {
    const body = { ...whole['/v2/edit'], image: { source: { creativeCloudPath: '/a.psd' } } };
    expect(checkRequest(operationAt('/v2/edit'), body).warnings).toEqual([expect.stringContaining('Creative Cloud')]);
  });
});

describe('how many outputs are asked for', () => {
  it.each<[string, unknown, number | undefined]>([
    ['/v2/edit', outputsOf(25), 25],
    ['/v2/execute-actions', [{ scriptOutputPattern: '*.png' }, {}], undefined],
    ['/v2/execute-actions', [{ scriptOutputPattern: null }], 1],
    ['/v2/create-artboard', 'none', 1],
  ])('%s with %j: %s', (path, outputs, count) => {
    expect(operationAt(path).countOutputs?.({ outputs })).toBe(count);
  });
});
