import { describe, expect, it } from 'vitest';
import { checkRequest } from '#shared/adobe/services/check-request.ts';
import { generateImages } from '#shared/adobe/services/firefly/operations/generate-images.ts';

const wrongFields = (body: unknown, modelVersion?: string) =>
  checkRequest(generateImages, body, modelVersion).issues.map(({ path }) => path.join('.'));
const image = (source: unknown) => ({ imageReference: { source } });
const uploadId = '7b3c7b9e-5d0f-4b8e-9a43-0d5f1f1f7c11';
const url = 'https://bucket.s3.us-east-1.amazonaws.com/cat.png?X-Amz-Signature=x';

describe('a request to generate images', () => {
  it.each<[string, Record<string, unknown>, string?]>([
    ['the quickstart prompt', { prompt: 'a realistic illustration of a cat coding' }],
    ['1024 characters outside the BMP', { prompt: '🐈'.repeat(1024) }],
    ['all bounds', { prompt: 'a', visualIntensity: 10, numVariations: 4, seeds: [0, -1, 2, 3], negativePrompt: '' }],
    ['seeds alone', { prompt: 'a', seeds: [1, 2, 3] }],
    ['style', { prompt: 'a', style: { presets: ['bw', 'origami'], strength: 100, ...image({ uploadId }) } }],
    ['structure', { prompt: 'a', structure: { strength: 0, ...image({ url }) } }],
    ['a size of image3', { prompt: 'a', size: { width: 1344, height: 756 } }],
    ['a size of image4', { prompt: 'a', size: { width: 1440, height: 2560 } }, 'image4_ultra'],
    ['a locale', { prompt: 'a', promptBiasingLocaleCode: 'zh-Hans-CN' }],
    ['a locale with an extension', { prompt: 'a', promptBiasingLocaleCode: 'de-DE-u-co-phonebk' }],
    ['a custom model', { prompt: 'a', customModelId: 'urn:aaid:sc:1' }, 'image3_custom'],
    ['an upsampler', { prompt: 'a', customModelId: 'm', upsamplerType: 'low_creativity' }, 'image4_custom'],
  ])('takes %s', (_, body, modelVersion) => {
    expect(checkRequest(generateImages, body, modelVersion)).toEqual({ issues: [], warnings: [] });
  });

  it.each<[Record<string, unknown>, string[], string?]>([
    [{}, ['prompt']],
    [{ prompt: '' }, ['prompt']],
    [{ prompt: '🐈'.repeat(1025) }, ['prompt']],
    [{ prompt: 'a', negativePrompt: 'b'.repeat(1025) }, ['negativePrompt']],
    [{ prompt: 'a', contentClass: 'video' }, ['contentClass']],
    [{ prompt: 'a', visualIntensity: 1 }, ['visualIntensity']],
    [{ prompt: 'a', visualIntensity: 11 }, ['visualIntensity']],
    [{ prompt: 'a', numVariations: 0 }, ['numVariations']],
    [{ prompt: 'a', numVariations: 5 }, ['numVariations']],
    [{ prompt: 'a', numVariations: 1.5 }, ['numVariations']],
    [{ prompt: 'a', seeds: [] }, ['seeds']],
    [{ prompt: 'a', seeds: [1, 2, 3, 4, 5] }, ['seeds']],
    [{ prompt: 'a', seeds: [1, 1] }, ['seeds']],
    [{ prompt: 'a', seeds: [1, 2], numVariations: 1 }, ['seeds']],
    [{ prompt: 'a', size: { width: 4097, height: 0 } }, ['size.width', 'size.height']],
    [{ prompt: 'a', size: { width: 1000, height: 1000 } }, ['size']],
    [{ prompt: 'a', size: { width: 1440, height: 2560 } }, ['size']],
    [{ prompt: 'a', size: { width: 1024, height: 1024 } }, ['size'], 'image4_standard'],
    [{ prompt: 'a', size: { width: 1024 } }, ['size.height']],
    [{ prompt: 'a', size: '2048x2048' }, ['size']],
    [{ prompt: 'a', style: { presets: ['bw', 'bw'], strength: 0 } }, ['style.presets', 'style.strength']],
    [{ prompt: 'a', structure: { strength: 101 } }, ['structure.strength']],
    [{ prompt: 'a', promptBiasingLocaleCode: 'English!' }, ['promptBiasingLocaleCode']],
    [{ prompt: null }, ['prompt']],
    [{ prompt: 'a' }, ['customModelId'], 'image4_custom'],
    [{ prompt: 'a', customModelId: 'm' }, ['customModelId']],
    [{ prompt: 'a', customModelId: 'm' }, ['customModelId'], 'image4_ultra'],
    [{ prompt: 'a', customModelId: 'm', negativePrompt: 'b' }, ['negativePrompt'], 'image3_custom'],
    [{ prompt: 'a', customModelId: 'm', visualIntensity: 5 }, ['visualIntensity'], 'image4_custom'],
    [{ prompt: 'a', upsamplerType: 'default' }, ['upsamplerType']],
    [{ prompt: 'a', upsamplerType: 'default' }, ['upsamplerType'], 'image4_ultra'],
  ])('refuses %j: %j', (body, fields, modelVersion) => {
    expect(wrongFields(body, modelVersion)).toEqual(fields);
  });

  it.each([null, [], 'prompt', 7, true])('refuses %j, which is no object', (body) => {
    expect(wrongFields(body)).toEqual(['']);
  });

  describe('image sources', () => {
    const source = 'structure.imageReference.source';

    it.each<[string, unknown, string[]]>([
      ['none', {}, [source]],
      ['both', { uploadId, url }, [source]],
      ['an uploadId that is no UUID', { uploadId: 'cat.png' }, [`${source}.uploadId`]],
      ['http', { url: 'http://bucket.s3.amazonaws.com/cat.png' }, [`${source}.url`]],
      ['another host', { url: 'https://example.com/cat.png' }, [`${source}.url`]],
      ['a host that only looks allowed', { url: 'https://evilamazonaws.com/cat.png' }, [`${source}.url`]],
      ['an allowed host as user name', { url: 'https://amazonaws.com@example.com/' }, [`${source}.url`]],
      ['another port', { url: 'https://bucket.s3.amazonaws.com:8443/cat.png' }, [`${source}.url`]],
      ['no URL', { url: 'cat.png' }, [`${source}.url`]],
      ['an object without a key', { url: 's3://team-bucket/' }, [`${source}.url`]],
      ['a job without an output', { url: 'job:5f7e7aca-0e9e-5bf6-9261-5fb343c899d8' }, [`${source}.url`]],
      ['too long a URL', { url: url.padEnd(2084, 'x') }, [`${source}.url`]],
      ['no object', 'cat.png', [source]],
    ])('refuses %s', (_, value, fields) => {
      expect(wrongFields({ prompt: 'a', structure: image(value) })).toEqual(fields);
    });

    it.each([
      url.padEnd(2083, 'x'),
      'https://account.blob.core.windows.net/cat.png',
      'https://dl.dropboxusercontent.com/cat.png',
      'https://storage.googleapis.com:443/bucket/cat.png',
      's3://team-bucket/cats/1.png',
      'job:5f7e7aca-0e9e-5bf6-9261-5fb343c899d8/0',
    ])('takes %s', (value) => {
      expect(wrongFields({ prompt: 'a', style: image({ url: value }) })).toEqual([]);
    });

    it('refuses a reference without a source', () => {
      expect(wrongFields({ prompt: 'a', style: { imageReference: {} } })).toEqual(['style.imageReference.source']);
    });
  });

  it('reports fields that Adobe does not document, wherever they are, beside what is wrong', () => {
    const body = JSON.parse(
      '{"prompt":"","mood":"calm","__proto__":{},"size":{"width":2048,"height":2048,"depth":1},"seeds":[1],"numVariations":2}',
    );
    const { issues, warnings } = checkRequest(generateImages, body);
    expect(warnings.map((warning) => /field (\S+);/.exec(warning)?.[1]).sort()).toEqual([
      '__proto__',
      'mood',
      'size.depth',
    ]);
    expect(issues.map(({ path }) => path.join('.'))).toEqual(['prompt', 'seeds']);
  });

  it('names at most twenty of what Adobe does not know, presets included', () => {
    const presets = ['bw', ...Array.from({ length: 30 }, (_, index) => `preset_${index}`)];
    const { issues, warnings } = checkRequest(generateImages, { prompt: 'a', style: { presets } });
    expect(issues).toEqual([]);
    expect(warnings).toHaveLength(21);
    expect(warnings[0]).toContain('preset_0');
    expect(warnings[20]).toBe('So it is with 10 more.');
  });
});
