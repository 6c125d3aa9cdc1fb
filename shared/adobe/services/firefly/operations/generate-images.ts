import * as z from 'zod';
import { cancellableAcceptance } from '../../acceptance.ts';
import { listedIn } from '../../list.ts';
import { defineOperation, type RuleFinding } from '../../operation.ts';
import { byDefault } from '../../schema.ts';
import { customModels } from '../custom-models.ts';
import {
  countVariations,
  hasSeeds,
  imagePolling,
  imageSizeUpTo,
  localeCode,
  modelVersions,
  negativePrompt,
  numVariations,
  prompt,
  seeds,
  seedsMatchVariations,
  style,
  withSeeds,
} from '../fields.ts';
import { imageFrom, inputDomains } from '../image-source.ts';
import { imageResult } from '../results.ts';
import { checkImageSize, describeSizes, exampleSizes, imageSizes } from '../sizes.ts';
import { presetWarnings } from '../style-presets.ts';

const headerNeeded = 'It needs the header x-model-version: image3_custom or image4_custom';

/** Adobe: `POST /v3/images/generate-async`. */
export const generateImages = defineOperation({
  name: 'images/generate',
  title: 'Generate images from a prompt',
  path: '/v3/images/generate-async',
  waitPath: '/v3/images/generate',
  models: modelVersions(['image3', 'image3_custom', 'image4_standard', 'image4_ultra', 'image4_custom'], {
    default: 'image3',
    required: false,
  }),
  promptFields: ['prompt'],
  body: () =>
    z.strictObject({
      prompt: prompt(),
      negativePrompt: negativePrompt().optional(),
      contentClass: z.enum(['photo', 'art']).optional(),
      customModelId: listedIn(
        customModels,
        z
          .string()
          .min(1)
          .meta({ description: `The assetId of a custom model. ${headerNeeded}.` }),
      ).optional(),
      style: style().optional(),
      structure: z
        .strictObject({
          imageReference: imageFrom(inputDomains.v3).optional(),
          strength: byDefault(50, z.int().min(0).max(100)).optional(),
        })
        .optional(),
      visualIntensity: z.int().min(2).max(10).optional(),
      upsamplerType: byDefault('default', z.enum(['default', 'low_creativity'])).optional(),
      numVariations: numVariations().optional(),
      seeds: seeds().optional(),
      size: imageSizeUpTo(4096)
        .meta({
          description: `The sizes that each model version makes. ${describeSizes(imageSizes)}`,
          ...exampleSizes(imageSizes),
        })
        .optional(),
      promptBiasingLocaleCode: localeCode().optional(),
    }),
  rules: (fields, modelVersion = 'image3') => [
    ...seedsMatchVariations(fields),
    ...modelRules(fields, modelVersion),
    ...checkImageSize(fields, modelVersion, imageSizes),
  ],
  warnings: presetWarnings,
  countOutputs: countVariations,
  reusable: hasSeeds,
  repeat: withSeeds,
  accepts: cancellableAcceptance,
  result: imageResult,
  polling: imagePolling,
});

const modelRules = (fields: Readonly<Record<string, unknown>>, modelVersion: string): RuleFinding[] => {
  const findings: RuleFinding[] = [];
  const refuse = (field: string, message: string) => findings.push({ path: [field], message });
  const custom = modelVersion.endsWith('_custom');
  if (custom && fields['customModelId'] === undefined) {
    refuse('customModelId', `required with the model version ${modelVersion}`);
  }
  // Adobe's services were seen to ignore it without a word, and to bill an image of the base model.
  if (!custom && fields['customModelId'] !== undefined) {
    refuse('customModelId', `${headerNeeded}; with ${modelVersion} Adobe ignores the custom model`);
  }
  if (custom && fields['negativePrompt'] !== undefined) refuse('negativePrompt', 'not supported with custom models');
  if (modelVersion === 'image4_custom') {
    if (fields['visualIntensity'] !== undefined) {
      refuse('visualIntensity', 'not supported with the model version image4_custom');
    }
  } else if (fields['upsamplerType'] !== undefined) {
    refuse('upsamplerType', 'only supported with the model version image4_custom');
  }
  return findings;
};
