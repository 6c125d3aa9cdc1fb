import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { image as simulated } from '#local/simulator/image/service.ts';
import { checkRequest } from '#shared/adobe/services/check-request.ts';
import { image as service } from '#shared/adobe/services/image/service.ts';
import { replacePlace } from '#test/fixtures/broken-bodies.ts';

const operationAt = (path: string) => {
  const found = service.operations.find((operation) => operation.path === path);
  if (found === undefined) throw new Error(`There is no operation at ${path}.`);
  return found;
};

const hosts = [
  'https://bucket.s3.eu-west-1.amazonaws.com/a.png?X-Amz-Signature=1',
  'https://account.blob.core.windows.net/a/b.png',
  'https://dl.dropboxusercontent.com/a.png',
  'https://assets.frame.io/a.png',
  'https://storage.googleapis.com/a/b.png',
  's3://bucket/a.png',
  'job:0197c3f2-5a5e-7c3d-8f60-0d5f1f1f7c11/0',
];
const sourceFrom = (...more: string[]) => fc.record({ url: fc.constantFrom(...hosts, ...more) });
const image = fc.record({ source: sourceFrom() });
const mask = fc.record({ source: sourceFrom(), mediaType: fc.constant('image/png') }, { requiredKeys: ['source'] });
const component = fc.double({ min: 0, max: 255, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const zoom = fc.double({ min: 0, max: 1, minExcluded: true, noNaN: true });
const ratio = fc.constantFrom('1:1', '16:9', '9:16', '4:3', '3:4', '4:5', '5:4', '3:2', '2:3', '21:9');
const focus = fc.array(fc.string(), { minLength: 1, maxLength: 3 });

/** Ratios and zooms as they go together: none, one, or as many of the one as of the other. */
const crops = fc.oneof(
  fc.constant({}),
  fc.constant({ aspectRatio: [] }),
  fc.record({ aspectRatio: ratio, zoom }, { requiredKeys: ['aspectRatio'] }),
  fc.array(fc.tuple(ratio, zoom), { minLength: 1, maxLength: 20 }).map((pairs) => ({
    aspectRatio: pairs.map(([one]) => one),
    zoom: pairs.map(([, one]) => one),
  })),
  fc.array(ratio, { minLength: 1, maxLength: 20 }).map((aspectRatio) => ({ aspectRatio })),
);
const cropImage = fc.record({ source: sourceFrom('https://a.adobe.io/a.png', 'https://a.azureedge.net/a.png') });
const outputType = fc.constantFrom('images', 'boundingBoxes');

const bodies: Record<string, fc.Arbitrary<unknown>> = {
  '/v2/remove-background': fc.record(
    {
      image,
      mode: fc.constantFrom('cutout', 'mask', 'psd'),
      output: fc.record({
        mediaType: fc.constantFrom('image/jpeg', 'image/png', 'image/webp', 'image/vnd.adobe.photoshop'),
      }),
      trim: fc.boolean(),
      backgroundColor: fc.record({ red: component, green: component, blue: component, alpha: share }),
      colorDecontamination: share,
    },
    { requiredKeys: ['image'] },
  ),
  '/v1/auto-crop': fc.oneof(
    fc.tuple(cropImage, crops).map(([one, given]) => ({ image: one, mode: 'smartCrop', ...given })),
    fc
      .tuple(cropImage, crops, focus)
      .map(([one, given, on]) => ({ image: one, mode: 'subjectCrop', focus: on, ...given })),
    fc.record({ image: cropImage, mode: fc.constant('fullSceneDetection'), focus: fc.constant([]), outputType }),
    fc.record({ image: cropImage, mode: fc.constant('objectDetection'), focus, outputType }),
  ),
  '/v1/mask-objects': fc.record({ image: mask }),
  '/v1/mask-body-parts': fc.record(
    { image, mask, useGranularLabels: fc.boolean() },
    { requiredKeys: ['image', 'mask'] },
  ),
  '/v1/refine-mask': fc.record(
    { image, mask, colorDecontamination: fc.boolean() },
    { requiredKeys: ['image', 'mask'] },
  ),
  '/v1/fill-masked-areas': fc.record({ image, masks: fc.array(mask, { minLength: 1, maxLength: 5 }) }),
};

describe('what the host of images takes', () => {
  it.each(service.operations)('$name is taken, by the simulator as well', (operation) => {
    const received = simulated.operations.find(({ path }) => path === operation.path);
    fc.assert(
      fc.property(bodies[operation.path] ?? fc.constant({}), (body) => {
        expect(checkRequest(operation, body)).toEqual({ issues: [], warnings: [] });
        expect(received?.body.safeParse(body).error?.issues).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });
});

const sourced = { source: { url: 's3://bucket/a.png' } };
const whole: Record<string, Record<string, unknown>> = {
  '/v2/remove-background': {
    image: sourced,
    output: { mediaType: 'image/png' },
    backgroundColor: { red: 1, green: 2, blue: 3, alpha: 1 },
  },
  '/v1/auto-crop': { image: sourced, mode: 'smartCrop', aspectRatio: ['1:1', '4:5'], zoom: [0.5, 1] },
  '/v1/mask-objects': { image: sourced },
  '/v1/mask-body-parts': { image: sourced, mask: sourced },
  '/v1/refine-mask': { image: sourced, mask: sourced },
  '/v1/fill-masked-areas': { image: sourced, masks: [sourced] },
};

const broken: [path: string, place: string, value: unknown, named?: string][] = [
  ['/v2/remove-background', 'image', undefined],
  ['/v2/remove-background', 'image.source', undefined],
  ['/v2/remove-background', 'image.source.url', undefined],
  ['/v2/remove-background', 'image.source.url', 'https://files.example.com/a.png'],
  ['/v2/remove-background', 'image.source.url', 'https://notamazonaws.com/a.png'],
  ['/v2/remove-background', 'image.source.url', 'https://a.adobe.io/a.png'],
  ['/v2/remove-background', 'image.source.url', 'http://bucket.s3.amazonaws.com/a.png'],
  ['/v2/remove-background', 'mode', 'cut'],
  ['/v2/remove-background', 'output.mediaType', 'image/tiff'],
  ['/v2/remove-background', 'backgroundColor.alpha', undefined],
  ['/v2/remove-background', 'backgroundColor.alpha', 1.1],
  ['/v2/remove-background', 'backgroundColor.red', 256],
  ['/v2/remove-background', 'colorDecontamination', -0.1],
  ['/v2/remove-background', 'trim', 'yes'],
  ['/v1/auto-crop', 'mode', undefined],
  ['/v1/auto-crop', 'mode', 'objectCrop'],
  ['/v1/auto-crop', 'image.mediaType', 'image/tiff'],
  ['/v1/auto-crop', 'outputType', 'files'],
  ['/v1/auto-crop', 'aspectRatio', '7:8'],
  ['/v1/auto-crop', 'aspectRatio', Array.from({ length: 21 }, () => '1:1')],
  ['/v1/auto-crop', 'aspectRatio', undefined, 'zoom'],
  ['/v1/auto-crop', 'aspectRatio', [], 'zoom'],
  ['/v1/auto-crop', 'aspectRatio', '1:1', 'zoom'],
  ['/v1/auto-crop', 'zoom', [0.5]],
  ['/v1/auto-crop', 'zoom', 0.5],
  ['/v1/auto-crop', 'zoom', [0, 1], 'zoom.0'],
  ['/v1/auto-crop', 'zoom', 1.1],
  ['/v1/auto-crop', 'focus', ['a logo']],
  ['/v1/auto-crop', 'mode', 'subjectCrop', 'focus'],
  ['/v1/auto-crop', 'mode', 'objectDetection', 'aspectRatio'],
  ['/v1/auto-crop', 'mode', 'objectDetection', 'focus'],
  ['/v1/auto-crop', 'image.source.url', 'https://adobe.io.example.com/a.png'],
  ['/v1/mask-objects', 'image', undefined],
  ['/v1/mask-objects', 'image.mediaType', 'image/webp'],
  ['/v1/mask-body-parts', 'mask', undefined],
  ['/v1/mask-body-parts', 'mask.mediaType', 'image/jpeg'],
  ['/v1/mask-body-parts', 'useGranularLabels', 'yes'],
  ['/v1/refine-mask', 'mask.source.url', 'https://example.com/a.png'],
  ['/v1/refine-mask', 'colorDecontamination', 1],
  ['/v1/fill-masked-areas', 'masks', undefined],
  ['/v1/fill-masked-areas', 'masks.0.source', {}, 'masks.0.source.url'],
];

describe('what is wrong in one place is named', () => {
  it.each(Object.entries(whole))('%s is right before anything in it is changed', (path, body) => {
    expect(checkRequest(operationAt(path), body)).toEqual({ issues: [], warnings: [] });
  });

  it.each(broken)('%s: %s as %j', (path, place, value, named = place) => {
    const { issues } = checkRequest(operationAt(path), replacePlace(whole[path], place, value));
    expect(issues.map((issue) => issue.path.join('.'))).toContain(named);
    const isAddress = place.endsWith('.url');
    const received = simulated.operations.find((operation) => operation.path === path);
    expect(received?.body.safeParse(replacePlace(whole[path], place, value)).success).toBe(
      isAddress && value !== undefined,
    );
  });
});
