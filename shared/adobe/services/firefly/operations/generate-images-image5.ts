import * as z from 'zod';
import { once } from '../../../../once.ts';
import { defineOperation, type RuleFinding } from '../../operation.ts';
import { byDefault, text } from '../../schema.ts';
import { linksAcceptance } from '../acceptance.ts';
import {
  countVariations,
  hasSeeds,
  imagePolling,
  localeCode,
  modelVersions,
  seedsMatchVariations,
  withSeeds,
} from '../fields.ts';
import { inputDomains, sourceFrom } from '../image-source.ts';
import { imageResult } from '../results.ts';

const referenceBlob = once(() =>
  z.strictObject({
    source: sourceFrom(inputDomains.v4),
    usage: z.enum(['general']).optional(),
  }),
);

/** Adobe: `POST /v4/images/generate-async`, which answers with links and without a job id. */
export const generateImagesImage5 = defineOperation({
  name: 'images/generate-image5',
  title: 'Generate an image, or edit one by instruction, with Image5',
  path: '/v4/images/generate-async',
  models: modelVersions(['image5'], { default: 'image5', required: true }),
  promptFields: ['prompt'],
  body: () =>
    z.strictObject({
      prompt: text(1, 1500),
      aspectRatio: z.enum(['1:1', '4:3', '3:4', '16:9', '9:16', 'auto']).optional(),
      resolutionLevel: byDefault('2.4MP', z.enum(['1MP', '2.4MP', '4MP'])).optional(),
      modelId: z.enum(['firefly_image']).optional(),
      numVariations: z.int().min(1).max(1).optional(),
      seeds: z.array(z.int()).max(1).optional(),
      referenceBlobs: byDefault([], z.array(referenceBlob()).max(1)).optional(),
      modelSpecificPayload: z
        .strictObject({
          localeCode: localeCode().optional(),
          prompt_reasoner: byDefault('speed', z.enum(['speed', 'quality'])).optional(),
        })
        .optional(),
    }),
  rules: (fields) => [...seedsMatchVariations(fields), ...ratioOfReference(fields)],
  countOutputs: countVariations,
  reusable: hasSeeds,
  repeat: withSeeds,
  accepts: linksAcceptance(200),
  result: imageResult,
  polling: imagePolling,
});

/** Adobe: an edited image keeps its aspect ratio. */
const ratioOfReference = ({ aspectRatio, referenceBlobs }: Readonly<Record<string, unknown>>): RuleFinding[] => {
  const editsAnImage = Array.isArray(referenceBlobs) && referenceBlobs.length > 0;
  if (!editsAnImage || aspectRatio === undefined || aspectRatio === 'auto') return [];
  return [{ path: ['aspectRatio'], message: 'must be auto or absent together with referenceBlobs' }];
};
