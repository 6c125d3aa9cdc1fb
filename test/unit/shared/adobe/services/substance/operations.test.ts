import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRequest } from '#shared/adobe/services/check-request.ts';
import { compose } from '#shared/adobe/services/substance/operations/compose.ts';
import { render, renderBasic } from '#shared/adobe/services/substance/operations/render.ts';
import { assemble, convert, describe as describeScene } from '#shared/adobe/services/substance/operations/scenes.ts';
import { allowedRequests } from './requests.ts';

const url = 'https://bucket.s3.eu-west-1.amazonaws.com/bottle.glb';
const sources = [{ url: { url } }];
const composite = { sources, prompt: 'on a beach', heroAsset: 'bottle' };

describe.each(allowedRequests)('a request for %s', (_, operation, bodies) => {
  it('passes if it has what the description of the API allows', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        expect(checkRequest(operation, body).issues).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('is passed on with a warning if it has a field that is not described', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const { issues, warnings } = checkRequest(operation, { ...body, archive: true });
        expect(issues).toEqual([]);
        expect(warnings.join()).toContain('archive');
      }),
      { numRuns: 5 },
    );
  });

  it('is refused without sources, or with more than 16', () => {
    fc.assert(
      fc.property(bodies, fc.constantFrom(undefined, [], Array(17).fill(sources[0])), (body, wrong) => {
        const { issues } = checkRequest(operation, { ...body, sources: wrong });
        expect(issues.map(({ path }) => path)).toEqual([['sources']]);
      }),
      { numRuns: 10 },
    );
  });
});

const azimuthAltitude = { azimuth: 0, altitude: 91, lookAt: null, radius: 1 };

describe('what Substance 3D would refuse is named', () => {
  it.each([
    ['a source of two kinds', describeScene, { sources: [{ url: { url }, space: { id: 's-1' } }] }, 'sources.0'],
    ['a source of none', describeScene, { sources: [{ mountPoint: '/' }] }, 'sources.0'],
    ['a source without a URL', describeScene, { sources: [{ url: { filename: 'a.glb' } }] }, 'sources.0.url.url'],
    ['an unknown format', convert, { sources, format: 'stl' }, 'format'],
    ['no name for the file', assemble, { sources, scene: {}, encoding: 'glb', fileBaseName: '' }, 'fileBaseName'],
    ['no scene', render, { sources }, 'scene'],
    ['too wide a picture', render, { sources, scene: {}, size: { width: 3_841, height: 16 } }, 'size.width'],
    ['too high a picture', renderBasic, { sources, scene: {}, size: { width: 16, height: 2_305 } }, 'size.height'],
    [
      'a camera under the ground',
      render,
      { sources, scene: { camera: { transform: { azimuthAltitude } } } },
      'scene.camera.transform.azimuthAltitude.altitude',
    ],
    [
      'two transforms',
      renderBasic,
      {
        sources,
        scene: { modelTransform: { matrix: Array(16).fill(1), trs: { translation: null, rotation: {}, scale: null } } },
      },
      'scene.modelTransform',
    ],
    [
      'an odd resolution',
      renderBasic,
      { sources, scene: { materials: [{ materialName: 'a', material: { sbs: { resolution: 17 } }, nodeList: null }] } },
      'scene.materials.0.material.sbs.resolution',
    ],
    ['a composite without its object', compose, { ...composite, heroAsset: '' }, 'heroAsset'],
    ['a composite without a prompt', compose, { sources, heroAsset: 'bottle' }, 'prompt'],
    ['five variations', compose, { ...composite, numVariations: 5 }, 'numVariations'],
    ['seeds for other variations', compose, { ...composite, numVariations: 2, seeds: [1] }, 'seeds'],
    ['lights without seeds', compose, { ...composite, lightingSeeds: [1] }, 'lightingSeeds'],
    ['two cameras', compose, { ...composite, cameraName: 'a', scene: { camera: {} } }, 'cameraName'],
    ['too large a composite', compose, { ...composite, size: { width: 2_689, height: 1 } }, 'size.width'],
    ['surroundings without a file', compose, { ...composite, environment: {} }, 'environment.file'],
  ])('%s', (_, operation, body, field) => {
    expect(checkRequest(operation, body).issues.map(({ path }) => path.join('.'))).toEqual([field]);
  });
});

describe('a request that is taken with a warning', () => {
  it('says that a token of Frame.io is kept with it, and does not quote it', () => {
    const folder = { folderId: 'f', accessToken: 'secret' };
    for (const source of [{ 'frame.io': folder }, { 'next.frame.io': { ...folder, accountId: 'a' } }]) {
      const { issues, warnings } = checkRequest(describeScene, { sources: [source] });
      expect(issues).toEqual([]);
      expect(warnings).toEqual([expect.stringContaining('token of Frame.io')]);
      expect(warnings.join()).not.toContain('secret');
    }
  });

  it('says that a size is not listed', () => {
    const { issues, warnings } = checkRequest(compose, { ...composite, size: { width: 1_000, height: 1_000 } });
    expect(issues).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('1000 x 1000')]);
  });
});

it.each([
  [{}, 1],
  [{ numVariations: 3 }, 3],
  [{ seeds: [1, 2] }, 2],
  [{ seeds: [] }, 1],
])('a composite with %j is paid %d times', (fields, count) => {
  expect(compose.countOutputs?.({ ...composite, ...fields })).toBe(count);
});
