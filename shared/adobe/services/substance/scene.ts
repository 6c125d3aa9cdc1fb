import * as z from 'zod';
import { once } from '../../../once.ts';
import { byDefault } from '../schema.ts';
import { camera, environment, nodeNames, path, share, transform } from './fields.ts';

const pair = once(() => z.array(z.number()).length(2));
const amount = once(() => z.number().min(0));
const color = once(() => z.array(z.number()).length(3));

/** A material of Substance (Adobe: the first one in the sources if none is named). */
const substanceMaterial = once(() =>
  z.strictObject({
    sbsar: path().optional(),
    preset: z.string().optional(),
    resolution: z.literal([16, 32, 64, 128, 256, 512, 1024, 2048, 4096]).optional(),
    rotation: z.number().optional(),
    scale: pair().optional(),
    translation: pair().optional(),
  }),
);

const materialAssignment = once(() =>
  z.strictObject({
    materialName: z.string(),
    material: z.strictObject({
      sbs: substanceMaterial().optional(),
      solidColor: z
        .strictObject({
          color: z.array(share()).length(3).nullable(),
          metallicFactor: share().optional(),
          roughnessFactor: share().optional(),
        })
        .optional(),
    }),
    nodeList: nodeNames(),
    assignByDefault: z.boolean().optional(),
    excludeFromDefault: nodeNames().optional(),
  }),
);

const materialOverride = once(() =>
  z.strictObject({
    materialName: z.string(),
    pbrMaterial: substanceMaterial().optional(),
    absorptionColorFactor: color().optional(),
    absorptionColorTexture: path().optional(),
    absorptionDistanceFactor: amount().optional(),
    absorptionDistanceTexture: path().optional(),
    baseColorFactor: color().optional(),
    baseColorTexture: path().optional(),
    coatColorFactor: color().optional(),
    coatColorTexture: path().optional(),
    coatOpacityFactor: share().optional(),
    coatOpacityTexture: path().optional(),
    coatRoughnessFactor: share().optional(),
    coatRoughnessTexture: path().optional(),
    metallicFactor: share().optional(),
    metallicTexture: path().optional(),
    normalFactor: color().optional(),
    normalTexture: path().optional(),
    opacityFactor: amount().optional(),
    opacityTexture: path().optional(),
    roughnessFactor: share().optional(),
    roughnessTexture: path().optional(),
    translucencyFactor: share().optional(),
    translucencyTexture: path().optional(),
    volumeThicknessFactor: amount().optional(),
    volumeThicknessTexture: path().optional(),
  }),
);

/** What is only said of files in USD. */
const formatOptions = once(() =>
  z.strictObject({
    usd: z.strictObject({
      variants: z
        .array(z.strictObject({ primName: z.string(), variantSet: z.string(), variant: z.string() }))
        .nullable(),
    }),
  }),
);

const sceneFields = once(() => ({
  camera: camera().optional(),
  environment: environment().optional(),
  formatOptions: formatOptions().optional(),
  materials: z.array(materialAssignment()).nullish(),
  metersPerUnit: z.number().gt(0).optional(),
}));

/** A scene out of several files (Adobe: assemble and render). */
export const sceneDescription = once(() =>
  z.strictObject({
    ...sceneFields(),
    baseFile: z.strictObject({ file: path(), modelsRootNodeName: z.string().optional() }).optional(),
    models: z
      .strictObject({
        modelsRootNodeTransform: transform().optional(),
        imports: z
          .array(
            z.strictObject({
              file: path().optional(),
              anchorName: z.string().optional(),
              formatOptions: formatOptions().optional(),
              materialOverrides: z.array(materialOverride()).nullish(),
              transform: transform().optional(),
            }),
          )
          .nullish(),
      })
      .optional(),
  }),
);

/** A scene with one model (Adobe: render-basic). */
export const simpleSceneDescription = once(() =>
  z.strictObject({
    ...sceneFields(),
    modelFile: path().optional(),
    modelTransform: transform().optional(),
    materialOverrides: z.array(materialOverride()).nullish(),
  }),
);

/** File formats of scenes that can be written. */
export const sceneFormats = ['glb', 'gltf', 'fbx', 'usdz', 'usda', 'usdc', 'obj'] as const;

const masks = once(() => z.strictObject({ selection: nodeNames().optional() }));

/** The fields of both ways to render, beside the scene. */
export const renderFields = once(() => ({
  size: z.strictObject({ width: z.int().min(16).max(3_840), height: z.int().min(16).max(2_304) }).optional(),
  cameraName: z.string().optional(),
  autoFraming: z
    .strictObject({
      algorithm: z.enum(['auto', 'bounding_cylinder', 'frustum_fit']).optional(),
      zoomFactor: byDefault(0.8, z.number().min(0.001).max(100)).optional(),
    })
    .optional(),
  background: z
    .strictObject({
      backgroundColor: z.array(share()).length(4).nullish(),
      backgroundImage: path().optional(),
      showEnvironment: z.boolean().optional(),
    })
    .optional(),
  groundPlane: z
    .strictObject({
      enable: z.boolean().optional(),
      autoGroundScene: z.boolean().optional(),
      reflections: z.boolean().optional(),
      reflectionsOpacity: share().optional(),
      reflectionsRoughness: share().optional(),
      shadows: z.boolean().optional(),
      shadowsOpacity: share().optional(),
    })
    .optional(),
  extraOutputs: z
    .strictObject({
      exportDistanceToCamera: z.boolean().optional(),
      exportMaterialIds: z.boolean().optional(),
      exportMaterialMasks: masks().optional(),
      exportMatte: z.strictObject({ includeNodes: nodeNames() }).optional(),
      exportObjectIds: z.boolean().optional(),
      exportObjectMasks: masks().optional(),
    })
    .optional(),
}));
