import { describe, expect, it } from 'vitest';
import { simulatedOperations } from '#local/simulator/firefly/operations.ts';
import { checkRequest } from '#shared/adobe/services/check-request.ts';
import { findOperation } from '#shared/adobe/services/registry.ts';

const image = { source: { uploadId: '7b3c7b9e-5d0f-4b8e-9a43-0d5f1f1f7c11' } };
const background = { image, fillAreaMask: image };
const pair = { numVariations: 2, seeds: [1] };

// What Adobe documents in words: its schemas allow each of these fields by itself.
describe('the rules between fields', () => {
  it.each<[string, Record<string, unknown>, string, string?]>([
    ['images/generate', { prompt: 'a', ...pair }, 'seeds'],
    ['images/generate', { prompt: 'a' }, 'customModelId', 'image3_custom'],
    ['images/generate', { prompt: 'a', customModelId: 'm', negativePrompt: 'b' }, 'negativePrompt', 'image4_custom'],
    ['images/generate', { prompt: 'a', customModelId: 'm', visualIntensity: 2 }, 'visualIntensity', 'image4_custom'],
    ['images/generate', { prompt: 'a', upsamplerType: 'default' }, 'upsamplerType', 'image4_standard'],
    ['images/generate-image5', { prompt: 'a', numVariations: 1, seeds: [] }, 'seeds'],
    ['images/generate-image5', { prompt: 'a', referenceBlobs: [image], aspectRatio: '1:1' }, 'aspectRatio'],
    ['images/generate-similar', { image, ...pair }, 'seeds'],
    ['images/expand', { image, ...pair }, 'seeds'],
    ['images/expand', { image, mask: image, placement: {} }, 'placement'],
    ['images/expand', { image: { ...image, mask: image.source }, placement: {} }, 'placement'],
    ['images/fill', { image, mask: image, ...pair }, 'seeds'],
    ['images/fill', { image, prompt: 'a hat' }, 'mask'],
    ['images/fill', { image, mask: image, placement: {} }, 'placement'],
    ['images/fill', { image: { ...image, mask: image.source }, prompt: 'a hat', placement: {} }, 'placement'],
    ['images/generate-object-composite', { image, prompt: 'a', ...pair }, 'seeds'],
    ['images/generate-object-composite', { image, prompt: 'a', mask: image, placement: {} }, 'placement'],
    [
      'images/generate-object-composite',
      { image: { ...image, mask: image.source }, prompt: 'a', placement: {} },
      'placement',
    ],
    ['images/precise-composite', { background, object: { image }, ...pair }, 'seeds'],
    ['images/adaptive-composite', { background, object: { image }, ...pair }, 'seeds'],
  ])('%s: %j is refused for %s, and so it is by the simulator', (name, body, field, modelVersion) => {
    const operation = findOperation(name);
    if (operation === undefined) throw new Error(`There is no operation ${name}.`);
    const { issues } = checkRequest(operation, body, modelVersion);
    expect(issues.map(({ path }) => path)).toEqual([[field]]);
    const simulated = simulatedOperations.find(({ path }) => path === operation.path);
    expect(simulated?.body(modelVersion ?? operation.models?.default ?? '').safeParse(body).success).toBe(false);
    const { [field]: _, ...without } = body;
    if (field in body) expect(checkRequest(operation, without, modelVersion).issues).toEqual([]);
  });

  it('the mask of a fill stands beside the image or inside it, and the simulator takes both', () => {
    const operation = findOperation('images/fill');
    if (operation === undefined) throw new Error('There is no operation images/fill.');
    const simulated = simulatedOperations.find(({ path }) => path === operation.path);
    for (const body of [
      { image, mask: image },
      { image: { ...image, mask: image.source }, prompt: 'a hat' },
    ]) {
      expect(checkRequest(operation, body)).toEqual({ issues: [], warnings: [] });
      expect(simulated?.body('').safeParse(body).success).toBe(true);
    }
  });

  it('a video is made of a prompt or of keyframes', () => {
    const operation = findOperation('videos/generate');
    if (operation === undefined) throw new Error('There is no operation videos/generate.');
    const issuesOf = (body: object) => checkRequest(operation, body).issues.map(({ path }) => path);
    const keyframe = { ...image, placement: { position: 1 } };
    expect(issuesOf({ image: { conditions: [] } })).toEqual([['prompt']]);
    expect(issuesOf({ image: { conditions: [keyframe] } })).toEqual([]);
    expect(issuesOf({ prompt: 'a wave' })).toEqual([]);
  });
});
