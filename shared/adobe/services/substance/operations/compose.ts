import * as z from 'zod';
import { once } from '../../../../once.ts';
import { defineOperation } from '../../operation.ts';
import { byDefault } from '../../schema.ts';
import { substanceAcceptance } from '../dialect.ts';
import {
  camera,
  commonFields,
  compositeEnvironment,
  exposure,
  forbid,
  name,
  path,
  substancePolling,
  warnOfTokens,
} from '../fields.ts';
import { compositeResult } from '../results.ts';

const pixels = once(() => z.int().min(1).max(2_688));
const sizeField = once(() => z.strictObject({ width: pixels(), height: pixels() }));

/** The sizes that Adobe lists; its schema takes any within the limits. */
const listedSizes = [
  [2048, 2048],
  [2304, 1792],
  [1792, 2304],
  [2688, 1536],
  [1344, 768],
  [1152, 896],
  [896, 1152],
  [1024, 1024],
];

const warnOfSize = (body: unknown): string[] => {
  const { size } = z.object({ size: sizeField() }).safeParse(body).data ?? {};
  if (size === undefined) return [];
  const { width, height } = size;
  return listedSizes.some(([listedWidth, listedHeight]) => listedWidth === width && listedHeight === height)
    ? []
    : [`Adobe does not list the size ${width} x ${height} among those of composites; it is passed on unchanged.`];
};

const maxVariations = 4;
const seeds = once(() => z.array(z.int()).max(maxVariations));

const countSeeds = (given: unknown): number | undefined => (Array.isArray(given) ? given.length : undefined);

/** How many variations a request asks for (Adobe: one for each seed where `numVariations` does not say it). */
const countVariations = ({ numVariations, seeds: given }: Readonly<Record<string, unknown>>): number =>
  typeof numVariations === 'number' ? numVariations : Math.max(1, countSeeds(given) ?? 1);

/** Adobe: `POST /v1/composites/compose`: an object of a scene in surroundings that Firefly generates. */
export const compose = defineOperation({
  name: 'substance/compose',
  title: 'Generate a 3D object composite',
  path: '/v1/composites/compose',
  waitQuery: 'wait',
  promptFields: ['prompt'],
  body: () =>
    z.strictObject({
      ...commonFields(),
      prompt: name(),
      heroAsset: name(),
      cameraName: z.string().optional(),
      contentClass: byDefault('photo', z.enum(['art', 'photo'])).optional(),
      customModelId: z.string().optional(),
      enableGroundPlane: z.boolean().optional(),
      environment: compositeEnvironment().optional(),
      environmentExposure: exposure().optional(),
      lightingSeeds: seeds().optional(),
      modelVersion: byDefault('image4_ultra', z.enum(['image3_fast', 'image4_standard', 'image4_ultra'])).optional(),
      numVariations: z.int().min(1).max(maxVariations).optional(),
      scene: z.strictObject({ camera: camera().optional() }).optional(),
      sceneFile: path().optional(),
      seeds: seeds().optional(),
      size: byDefault({ width: 2688, height: 1536 }, sizeField()).optional(),
      styleImage: path().optional(),
    }),
  rules: ({ cameraName, scene, seeds: given, lightingSeeds, numVariations }) => {
    const count = countSeeds(given);
    const lights = countSeeds(lightingSeeds);
    const hasCamera = typeof scene === 'object' && scene !== null && 'camera' in scene && scene.camera !== undefined;
    return [
      ...forbid(hasCamera && cameraName !== undefined, ['cameraName'], 'not supported together with scene.camera'),
      ...forbid(
        count !== undefined && typeof numVariations === 'number' && count !== numVariations,
        ['seeds'],
        'the number of seeds must equal numVariations',
      ),
      ...forbid(
        lights !== undefined && lights !== (count ?? 0),
        ['lightingSeeds'],
        'there must be as many seeds as lightingSeeds',
      ),
    ];
  },
  warnings: (body) => [...warnOfTokens(body), ...warnOfSize(body)],
  countOutputs: countVariations,
  accepts: substanceAcceptance,
  result: compositeResult,
  polling: substancePolling,
});
