import * as z from 'zod';
import { cancellableAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import {
  countVariations,
  hasSeeds,
  imagePolling,
  imageSizeUpTo,
  modelVersions,
  numVariations,
  seeds,
  seedsMatchVariations,
  withSeeds,
} from '../fields.ts';
import { imageFrom, inputDomains } from '../image-source.ts';
import { imageResult } from '../results.ts';
import { checkImageSize, describeSizes, exampleSizes, similarSizes } from '../sizes.ts';

/** Adobe: `POST /v3/images/generate-similar-async`. */
export const generateSimilar = defineOperation({
  name: 'images/generate-similar',
  title: 'Generate images similar to one',
  path: '/v3/images/generate-similar-async',
  waitPath: '/v3/images/generate-similar',
  models: modelVersions(['image3', 'image4_standard', 'image4_ultra'], { default: 'image3', required: false }),
  body: () =>
    z.strictObject({
      image: imageFrom(inputDomains.v3),
      numVariations: numVariations().optional(),
      seeds: seeds().optional(),
      size: imageSizeUpTo(4096)
        .meta({
          description: `The sizes that each model version makes. ${describeSizes(similarSizes)}`,
          ...exampleSizes(similarSizes),
        })
        .optional(),
    }),
  rules: (fields, modelVersion = 'image3') => [
    ...seedsMatchVariations(fields),
    ...checkImageSize(fields, modelVersion, similarSizes),
  ],
  countOutputs: countVariations,
  reusable: hasSeeds,
  repeat: withSeeds,
  accepts: cancellableAcceptance,
  result: imageResult,
  polling: imagePolling,
});
