import * as z from 'zod';

const domainless = z.looseObject({ url: z.string() });

/** Where files come from: a URL, a space of Adobe's, or a folder of Frame.io, and only one of them. */
const source = z
  .looseObject({
    mountPoint: z.string().optional(),
    url: domainless.optional(),
    space: z.looseObject({ id: z.string() }).optional(),
    'frame.io': z.looseObject({ folderId: z.string(), accessToken: z.string() }).optional(),
    'next.frame.io': z.looseObject({ folderId: z.string(), accountId: z.string(), accessToken: z.string() }).optional(),
  })
  .refine(
    (given) => ['url', 'space', 'frame.io', 'next.frame.io'].filter((kind) => given[kind] !== undefined).length === 1,
    'all sources are exclusive',
  );

const common = { sources: z.array(source).min(1).max(16) };

/** What every request has. */
export const anyBody = z.looseObject(common);

const format = z.enum(['glb', 'gltf', 'fbx', 'usdz', 'usda', 'usdc', 'obj']);

const transform = z
  .looseObject({ azimuthAltitude: z.unknown().optional(), matrix: z.unknown().optional(), trs: z.unknown().optional() })
  .refine((given) => ['azimuthAltitude', 'matrix', 'trs'].filter((kind) => given[kind] !== undefined).length <= 1);

const camera = z.looseObject({
  focal: z.number().min(10).max(1_000).optional(),
  sensorWidth: z.number().min(1).max(100).optional(),
  transform: transform.optional(),
});

const scene = z.looseObject({ camera: camera.optional(), metersPerUnit: z.number().gt(0).optional() });

const maskExport = z.looseObject({ selection: z.array(z.string()).nullish() });

/** Both ways to render. */
export const renderBody = z.looseObject({
  ...common,
  scene,
  size: z
    .looseObject({ width: z.int().min(16).max(3_840), height: z.int().min(16).max(2_304) })
    .default({ width: 512, height: 512 }),
  extraOutputs: z
    .looseObject({
      exportDistanceToCamera: z.boolean().optional(),
      exportMatte: z.looseObject({ includeNodes: z.array(z.string()).nullable() }).optional(),
      exportMaterialMasks: maskExport.optional(),
      exportObjectMasks: maskExport.optional(),
    })
    .default({}),
});

/** Assemble. */
export const assembleBody = z.looseObject({ ...common, scene, encoding: format, fileBaseName: z.string().min(1) });

/** Convert. */
export const convertBody = z.looseObject({ ...common, format, modelEntrypoint: z.string().optional() });

const seeds = z.array(z.int()).max(4);

/** Compose. */
export const composeBody = z
  .looseObject({
    ...common,
    prompt: z.string().min(1),
    heroAsset: z.string().min(1),
    cameraName: z.string().optional(),
    modelVersion: z.enum(['image3_fast', 'image4_standard', 'image4_ultra']).optional(),
    contentClass: z.enum(['art', 'photo']).optional(),
    numVariations: z.int().min(1).max(4).optional(),
    seeds: seeds.optional(),
    lightingSeeds: seeds.optional(),
    size: z.looseObject({ width: z.int().min(1).max(2_688), height: z.int().min(1).max(2_688) }).optional(),
  })
  .refine(
    ({ numVariations, seeds: given }) => given === undefined || given.length === (numVariations ?? given.length),
    {
      path: ['seeds'],
      error: 'the number of seeds must equal numVariations',
    },
  );
