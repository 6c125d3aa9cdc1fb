import fc from 'fast-check';
import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { substance } from '#shared/adobe/services/substance/service.ts';

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const share = number(0, 1);
const numbers = (count: number) => fc.array(number(-1_000, 1_000), { minLength: count, maxLength: count });
const orNull = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: null });
const anyFields = <Fields extends Record<string, unknown>>(
  fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> },
) => fc.record(fields, { requiredKeys: [] });

const text = fc.string({ minLength: 1, maxLength: 20 });
const nodes = orNull(fc.array(text, { maxLength: 3 }));
const format = fc.constantFrom('glb', 'gltf', 'fbx', 'usdz', 'usda', 'usdc', 'obj');

const url = fc.constantFrom(
  'https://bucket.s3.eu-west-1.amazonaws.com/bottle.glb?X-Amz-Signature=x',
  'https://raw.githubusercontent.com/KhronosGroup/bottle.glb',
  's3://team-bucket/bottle.glb',
  'job:01926f4e-7c1b-7000-8000-0123456789ab/0',
);

const source = fc.oneof(
  fc.record(
    { url: fc.record({ url, filename: text }, { requiredKeys: ['url'] }), mountPoint: text },
    { requiredKeys: ['url'] },
  ),
  fc.record({ space: fc.record({ id: text }) }),
  fc.record({ 'frame.io': fc.record({ folderId: text, accessToken: text }) }),
  fc.record({ 'next.frame.io': fc.record({ folderId: text, accountId: text, accessToken: text }) }),
);

const sources = fc.array(source, { minLength: 1, maxLength: 16 });
const rotation = fc.oneof(fc.record({ euler: numbers(3) }), fc.record({ quaternion: numbers(4) }));

const transform = fc.oneof(
  fc.record({
    azimuthAltitude: fc.record({
      azimuth: number(-720, 720),
      altitude: number(-90, 90),
      lookAt: orNull(numbers(3)),
      radius: number(0, 100),
    }),
  }),
  fc.record({ matrix: numbers(16) }),
  fc.record({ trs: fc.record({ translation: orNull(numbers(3)), rotation, scale: orNull(numbers(3)) }) }),
);

const camera = anyFields({ focal: number(10, 1_000), sensorWidth: number(1, 100), transform });
const environment = anyFields({ file: text, exposure: number(-10, 10), preserveLights: fc.boolean(), rotation });
const formatOptions = fc.record({
  usd: fc.record({
    variants: orNull(fc.array(fc.record({ primName: text, variantSet: text, variant: text }), { maxLength: 2 })),
  }),
});

const substanceMaterial = anyFields({
  sbsar: text,
  preset: text,
  resolution: fc.constantFrom(16, 128, 4096),
  rotation: number(-360, 360),
  scale: numbers(2),
  translation: numbers(2),
});

const materials = fc.array(
  fc.record(
    {
      materialName: text,
      material: anyFields({
        sbs: substanceMaterial,
        solidColor: fc.record(
          {
            color: orNull(fc.array(share, { minLength: 3, maxLength: 3 })),
            metallicFactor: share,
            roughnessFactor: share,
          },
          { requiredKeys: ['color'] },
        ),
      }),
      nodeList: nodes,
      assignByDefault: fc.boolean(),
      excludeFromDefault: nodes,
    },
    { requiredKeys: ['materialName', 'material', 'nodeList'] },
  ),
  { maxLength: 2 },
);

const materialOverrides = fc.array(
  fc.record(
    {
      materialName: text,
      pbrMaterial: substanceMaterial,
      baseColorFactor: numbers(3),
      baseColorTexture: text,
      absorptionDistanceFactor: number(0, 9),
      coatOpacityFactor: share,
      metallicFactor: share,
      normalFactor: numbers(3),
      opacityFactor: number(0, 9),
      translucencyFactor: share,
      volumeThicknessFactor: number(0, 9),
    },
    { requiredKeys: ['materialName'] },
  ),
  { maxLength: 2 },
);

const sceneFields = {
  camera,
  environment,
  formatOptions,
  materials: orNull(materials),
  metersPerUnit: number(0.001, 100),
};

const scene = anyFields({
  ...sceneFields,
  baseFile: fc.record({ file: text, modelsRootNodeName: text }, { requiredKeys: ['file'] }),
  models: anyFields({
    modelsRootNodeTransform: transform,
    imports: orNull(
      fc.array(
        anyFields({
          file: text,
          anchorName: text,
          formatOptions,
          materialOverrides: orNull(materialOverrides),
          transform,
        }),
        { maxLength: 2 },
      ),
    ),
  }),
});

const simpleScene = anyFields({
  ...sceneFields,
  modelFile: text,
  modelTransform: transform,
  materialOverrides: orNull(materialOverrides),
});

const masks = anyFields({ selection: nodes });

const renderFields = {
  size: fc.record({ width: fc.integer({ min: 16, max: 3_840 }), height: fc.integer({ min: 16, max: 2_304 }) }),
  cameraName: text,
  autoFraming: anyFields({
    algorithm: fc.constantFrom('auto', 'bounding_cylinder', 'frustum_fit'),
    zoomFactor: number(0.001, 100),
  }),
  background: anyFields({
    backgroundColor: orNull(fc.array(share, { minLength: 4, maxLength: 4 })),
    backgroundImage: text,
    showEnvironment: fc.boolean(),
  }),
  groundPlane: anyFields({
    enable: fc.boolean(),
    autoGroundScene: fc.boolean(),
    reflections: fc.boolean(),
    reflectionsOpacity: share,
    reflectionsRoughness: share,
    shadows: fc.boolean(),
    shadowsOpacity: share,
  }),
  extraOutputs: anyFields({
    exportDistanceToCamera: fc.boolean(),
    exportMaterialIds: fc.boolean(),
    exportMaterialMasks: masks,
    exportMatte: fc.record({ includeNodes: nodes }),
    exportObjectIds: fc.boolean(),
    exportObjectMasks: masks,
  }),
};

const variations = fc.integer({ min: 1, max: 4 }).chain((count) => {
  const seeds = fc.array(fc.integer(), { minLength: count, maxLength: count });
  return anyFields({ numVariations: fc.constant(count), seeds });
});

const composition = fc
  .tuple(
    variations,
    fc.record(
      {
        sources,
        prompt: text,
        heroAsset: text,
        contentClass: fc.constantFrom('art', 'photo'),
        customModelId: text,
        enableGroundPlane: fc.boolean(),
        environment: fc.record({ file: text, rotation }, { requiredKeys: ['file'] }),
        environmentExposure: number(-10, 10),
        modelVersion: fc.constantFrom('image3_fast', 'image4_standard', 'image4_ultra'),
        scene: anyFields({ camera }),
        sceneFile: text,
        size: fc.constantFrom({ width: 2048, height: 2048 }, { width: 896, height: 1152 }),
        styleImage: text,
      },
      { requiredKeys: ['sources', 'prompt', 'heroAsset'] },
    ),
  )
  .map(([counted, fields]) => ({ ...fields, ...counted }));

const required = <Name extends string>(...names: Name[]) => ({
  requiredKeys: ['sources', ...names] as ('sources' | Name)[],
});

const bodies: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
  'substance/compose': composition,
  'substance/assemble': fc.record({ sources, scene, encoding: format, fileBaseName: text }),
  'substance/convert': fc.record({ sources, format, modelEntrypoint: text }, required('format')),
  'substance/describe': fc.record({ sources, sceneFile: text }, required()),
  'substance/render': fc.record({ sources, scene, ...renderFields }, required('scene')),
  'substance/render-basic': fc.record({ sources, scene: simpleScene, ...renderFields }, required('scene')),
};

/** Every operation, with the requests that Adobe's description of the API allows. */
export const allowedRequests: readonly (readonly [
  string,
  OperationDefinition,
  fc.Arbitrary<Record<string, unknown>>,
])[] = substance.operations.map((operation) => {
  const body = bodies[operation.name];
  if (body === undefined) throw new Error(`There are no requests for ${operation.name}.`);
  return [operation.name, operation, body];
});
