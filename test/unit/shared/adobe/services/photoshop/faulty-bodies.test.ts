import { describe, expect, it } from 'vitest';
import { checkRequest } from '#shared/adobe/services/check-request.ts';
import { photoshop } from '#shared/adobe/services/photoshop/service.ts';
import { replacePlace } from '#test/fixtures/broken-bodies.ts';

const operationAt = (path: string) => {
  const found = photoshop.operations.find((operation) => operation.path === path);
  if (found === undefined) throw new Error(`There is no operation at ${path}.`);
  return found;
};

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
