import { describe, expect, it } from 'vitest';
import type { UpstreamOutput } from '#shared/adobe/services/outputs.ts';
import {
  compositeResult,
  convertedResult,
  descriptionResult,
  renderResult,
  sceneResult,
} from '#shared/adobe/services/substance/results.ts';

const space = 'https://s3d.adobe.io/v1/spaces/s-b93fa62b-6ba8-4ca6-842d-898057bf5dbc';
const file = (name: string, token = 'a') => `${space}/files/${name}?x-s3d-presigned-token=${token}`;
const spaceOf = (...names: string[]) => ({
  id: 's-b93fa62b-6ba8-4ca6-842d-898057bf5dbc',
  url: space,
  expiry: '2026-11-26T20:00:00Z',
  files: names.map((name) => ({ name, size: 7, url: file(name, 'of-the-space') })),
});
const ours = (index: number) => ({ index, url: `https://bucket.s3.us-east-1.amazonaws.com/${index}` });

const namesOf = (read: ReturnType<typeof renderResult.read>) =>
  read?.outputs.map((output) => (output as UpstreamOutput | undefined)?.url?.split('/files/').at(-1)?.split('?')[0]);

describe('the files of a result', () => {
  it('are one output each, however often they are named, the rendered picture first', () => {
    const adobes = {
      renderUrl: file('render0000.png'),
      distanceToCameraUrl: file('distance.npy'),
      materialMasks: [{ name: 'glass', fileName: 'mask-glass.png' }],
      outputSpace: spaceOf('distance.npy', 'mask-glass.png', 'render0000.png'),
      warnings: null,
    };
    const read = renderResult.read(adobes);
    expect(namesOf(read)).toEqual(['render0000.png', 'distance.npy', 'mask-glass.png']);
    expect(read?.outputs[2]).toMatchObject({ fields: { name: 'mask-glass.png' } });
    expect(JSON.stringify(read?.rest)).not.toContain('token');

    const files = [ours(0), ours(1), ours(2)];
    expect(renderResult.present(read?.rest ?? {}, files)).toEqual({
      ...adobes,
      renderUrl: ours(0).url,
      distanceToCameraUrl: ours(1).url,
      outputSpace: {
        ...adobes.outputSpace,
        files: [
          { name: 'distance.npy', size: 7, url: ours(1).url },
          { name: 'mask-glass.png', size: 7, url: ours(2).url },
          { name: 'render0000.png', size: 7, url: ours(0).url },
        ],
      },
    });
  });

  it('of a composite begin with the composites', () => {
    const output = (n: number) => ({
      seed: n,
      lightingSeed: n,
      image: { url: file(`image${n}.png`) },
      backgroundImage: { url: file(`background${n}.png`) },
      maskImage: { url: file(`mask${n}.png`) },
    });
    const adobes = { outputs: [output(0), output(1)], promptHasDeniedWords: false, outputSpace: spaceOf('mask0.png') };
    const read = compositeResult.read(adobes);
    expect(namesOf(read)).toEqual([
      'image0.png',
      'image1.png',
      'background0.png',
      'background1.png',
      'mask0.png',
      'mask1.png',
    ]);
    expect(compositeResult.present(read?.rest ?? {}, [ours(1)])).toMatchObject({
      outputs: [
        { seed: 0, image: {} },
        { seed: 1, image: { url: ours(1).url } },
      ],
    });
  });

  it('of a scene and of a converted model are those of the space', () => {
    const adobes = { sceneUrl: file('scene.gltf'), outputSpace: spaceOf('scene.gltf', 'textures/wood.png') };
    expect(namesOf(sceneResult.read(adobes))).toEqual(['scene.gltf', 'textures/wood.png']);
    expect(namesOf(convertedResult.read({ outputSpace: spaceOf('a.glb') }))).toEqual(['a.glb']);
  });

  it('that cannot be read cost themselves only', () => {
    const broken = { files: [{ name: 'a.png', url: 'no URL' }, { name: 'b.png', url: file('b.png') }, 'odd'] };
    expect(renderResult.read({ renderUrl: file('b.png'), outputSpace: broken })?.outputs).toEqual([
      { url: file('b.png'), fields: { name: 'b.png' } },
      undefined,
    ]);
  });

  it.each([null, undefined, 'text', []])('are none in %j', (result) => {
    expect(renderResult.read(result)).toBeUndefined();
    expect(descriptionResult.read(result)).toBeUndefined();
  });

  it.each([{}, { outputSpace: null }, { outputSpace: { files: null } }])('may be missing, as in %j', (result) => {
    expect(renderResult.read(result)).toEqual({ outputs: [], rest: result });
  });
});

describe('the description of a scene', () => {
  const stats = { numMeshes: 2, nodesHierarchy: { name: 'root', type: 'node', children: [] } };

  it('is an output of its own, and stands in the result again', () => {
    const read = descriptionResult.read({ stats });
    const { content, contentType } = (read?.outputs[0] as UpstreamOutput | undefined)?.embedded ?? {};
    expect(contentType).toBe('application/json');
    expect(JSON.parse(new TextDecoder().decode(content))).toEqual(stats);
    expect(read?.rest).toEqual({});
    expect(descriptionResult.present({}, [{ ...ours(0), content }])).toEqual({ stats });
  });

  it('is not there if it is too large to be put back, or missing', () => {
    expect(descriptionResult.present({}, [ours(0)])).toEqual({ stats: undefined });
    expect(descriptionResult.read({})?.outputs).toEqual([undefined]);
  });
});
