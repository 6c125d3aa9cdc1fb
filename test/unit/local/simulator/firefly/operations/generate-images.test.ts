import { describe, expect, it } from 'vitest';
import { generateImages } from '#local/simulator/firefly/operations/generate-images.ts';
import { bodyErrors } from '#local/simulator/firefly/validation-errors.ts';

const uploadId = '3f6c1f4e-8f0e-4b52-9e0c-0a8d1c3b2a10';
const inS3 = 'https://bucket.s3.us-east-1.amazonaws.com/a.png?X-Amz-Signature=1';

const errorsOf = (body: unknown, model = 'image3') => {
  const result = generateImages.body(model).safeParse(body, { reportInput: true });
  return result.success ? [] : bodyErrors(result.error.issues);
};
const fieldsOf = (body: object, model?: string) =>
  errorsOf({ prompt: 'x', ...body }, model).map(({ loc }) => loc.slice(1).join('.'));

describe('a generation request', () => {
  it.each([
    [{ prompt: 'x'.repeat(1024) }],
    [{ prompt: '😀'.repeat(1024) }],
    [{ negativePrompt: '' }],
    [{ contentClass: 'photo' }],
    [{ style: { presets: ['bw', 'not in the list'], strength: 1, imageReference: { source: { uploadId } } } }],
    [{ style: {}, structure: {} }],
    [{ structure: { strength: 0, imageReference: { source: { url: inS3 } } } }],
    [{ visualIntensity: 2 }],
    [{ numVariations: 4 }],
    [{ seeds: [1, 2, 3, 4] }],
    [{ numVariations: 2, seeds: [1, 2] }],
    [{ size: { width: 1, height: 4096 } }],
    [{ promptBiasingLocaleCode: 'en-US' }],
    [{ aFieldOfTomorrow: true }],
    [{ customModelId: 'urn:aaid:sc:x' }],
  ])('may have %j', (body) => {
    expect(fieldsOf(body)).toEqual([]);
  });

  it.each([
    [{ prompt: undefined }, 'prompt'],
    [{ prompt: '' }, 'prompt'],
    [{ prompt: 'x'.repeat(1025) }, 'prompt'],
    [{ prompt: 7 }, 'prompt'],
    [{ negativePrompt: 'x'.repeat(1025) }, 'negativePrompt'],
    [{ negativePrompt: null }, 'negativePrompt'],
    [{ contentClass: 'cartoon' }, 'contentClass'],
    [{ style: { presets: ['bw', 'bw'] } }, 'style.presets'],
    [{ style: { strength: 0 } }, 'style.strength'],
    [{ style: { strength: 101 } }, 'style.strength'],
    [{ style: { imageReference: {} } }, 'style.imageReference.source'],
    [{ style: { imageReference: { source: {} } } }, 'style.imageReference.source'],
    [{ style: { imageReference: { source: { uploadId, url: inS3 } } } }, 'style.imageReference.source'],
    [{ style: { imageReference: { source: { uploadId: 'x' } } } }, 'style.imageReference.source.uploadId'],
    [{ structure: { strength: -1 } }, 'structure.strength'],
    [{ structure: { strength: 101 } }, 'structure.strength'],
    [
      { structure: { imageReference: { source: { url: `${inS3}${'x'.repeat(2083)}` } } } },
      'structure.imageReference.source.url',
    ],
    [
      { structure: { imageReference: { source: { url: 'https://cdn.example.com/a.png' } } } },
      'structure.imageReference.source.url',
    ],
    [
      { structure: { imageReference: { source: { url: 'https://evilamazonaws.com/a.png' } } } },
      'structure.imageReference.source.url',
    ],
    [{ visualIntensity: 1 }, 'visualIntensity'],
    [{ visualIntensity: 11 }, 'visualIntensity'],
    [{ visualIntensity: 2.5 }, 'visualIntensity'],
    [{ upsamplerType: 'default' }, 'upsamplerType'],
    [{ numVariations: 0 }, 'numVariations'],
    [{ numVariations: 5 }, 'numVariations'],
    [{ numVariations: '2' }, 'numVariations'],
    [{ numVariations: 2, seeds: [1] }, 'numVariations'],
    [{ seeds: [] }, 'seeds'],
    [{ seeds: [1, 2, 3, 4, 5] }, 'seeds'],
    [{ seeds: [1, 1] }, 'seeds'],
    [{ seeds: [1.5] }, 'seeds.0'],
    [{ size: { width: 0, height: 1 } }, 'size.width'],
    [{ size: { width: 1, height: 4097 } }, 'size.height'],
    [{ size: { width: 1 } }, 'size.height'],
    [{ promptBiasingLocaleCode: 1 }, 'promptBiasingLocaleCode'],
  ])('must not have %j', (body, field) => {
    expect(fieldsOf(body)).toEqual([field]);
  });

  it('has rules of its own for custom models', () => {
    const custom = { customModelId: 'urn:aaid:sc:x' };
    expect(fieldsOf({}, 'image3_custom')).toEqual(['customModelId']);
    expect(fieldsOf({}, 'image4_custom')).toEqual(['customModelId']);
    expect(fieldsOf({ ...custom, negativePrompt: 'x' }, 'image3_custom')).toEqual(['negativePrompt']);
    expect(fieldsOf({ ...custom, visualIntensity: 3 }, 'image3_custom')).toEqual([]);
    expect(fieldsOf({ ...custom, visualIntensity: 3 }, 'image4_custom')).toEqual(['visualIntensity']);
    expect(fieldsOf({ ...custom, upsamplerType: 'low_creativity' }, 'image4_custom')).toEqual([]);
    expect(fieldsOf({ ...custom, upsamplerType: 'creative' }, 'image4_custom')).toEqual(['upsamplerType']);
    expect(fieldsOf({ upsamplerType: 'default' }, 'image4_ultra')).toEqual(['upsamplerType']);
  });

  it.each([null, [], 'text', 7])('is not %j', (body) => {
    expect(errorsOf(body)).toMatchObject([{ loc: ['body'] }]);
  });

  it('is refused in words that name the limit', () => {
    expect(errorsOf({ prompt: '', numVariations: 5, seeds: [], contentClass: 'x' })).toEqual([
      {
        loc: ['body', 'prompt'],
        msg: 'ensure this value has at least 1 characters',
        type: 'value_error.any_str.min_length',
        ctx: { limit_value: 1 },
      },
      {
        loc: ['body', 'contentClass'],
        msg: 'value is not a valid enumeration member',
        type: 'type_error.enum',
        ctx: { enum_values: ['photo', 'art'] },
      },
      {
        loc: ['body', 'numVariations'],
        msg: 'ensure this value is at most 4',
        type: 'value_error.number.not_le',
        ctx: { limit_value: 4 },
      },
      {
        loc: ['body', 'seeds'],
        msg: 'ensure this value has at least 1 items',
        type: 'value_error.list.min_items',
        ctx: { limit_value: 1 },
      },
    ]);
    expect(errorsOf({})).toEqual([{ loc: ['body', 'prompt'], msg: 'field required', type: 'value_error.missing' }]);
  });
});
