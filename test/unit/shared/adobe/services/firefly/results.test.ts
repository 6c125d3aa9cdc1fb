import { describe, expect, it } from 'vitest';
import { imageResult, presignedResult, videoResult } from '#shared/adobe/services/firefly/results.ts';

const url = 'https://pre-signed-firefly-prod.s3-accelerate.amazonaws.com/1';
const ours = 'https://bucket.s3.us-east-1.amazonaws.com/1';

describe('the outputs in a result', () => {
  it.each([
    ['images', imageResult, { seed: 7, image: { url } }, { seed: 7, url }, { seed: 7, image: { url: ours } }],
    ['videos', videoResult, { seed: 7, video: { url } }, { seed: 7, url }, { seed: 7, video: { url: ours } }],
    [
      'upscaled images',
      presignedResult,
      { id: 'a', presignedUrl: url, name: 'b' },
      { url, fields: { id: 'a', name: 'b' } },
      { id: 'a', presignedUrl: ours, name: 'b' },
    ],
  ])('of %s are read, and written with another URL', (_, shape, adobes, read, written) => {
    const found = shape.read({ size: { width: 1, height: 1 }, outputs: [adobes] });
    expect(found).toEqual({ outputs: [read], rest: { size: { width: 1, height: 1 } } });
    const { rest = {} } = found ?? {};
    const files = [{ ...read, index: 0, url: ours }];
    expect(shape.present(rest, files, [])).toEqual({ size: { width: 1, height: 1 }, outputs: [written] });
  });

  it.each([undefined, null, {}, { outputs: null }, { outputs: [] }])('are none in %j', (result) => {
    for (const shape of [imageResult, videoResult, presignedResult]) {
      expect(shape.read(result)).toEqual({ outputs: [], rest: {} });
    }
  });

  it.each(['a text', { outputs: 'none' }, { outputs: { 0: {} } }])('are no list in %j', (result) => {
    expect(imageResult.read(result)).toBeUndefined();
  });

  it.each([null, 'text', { seed: 1 }, { image: { url: 'no URL' } }, { image: null }])(
    'cost themselves only where one is %j',
    (broken) => {
      const whole = { seed: 'none', image: { url }, note: 'kept' };
      expect(imageResult.read({ outputs: [broken, whole] })?.outputs).toEqual([
        undefined,
        { url, fields: { note: 'kept' } },
      ]);
    },
  );
});
