import * as z from 'zod';
import { defineOperation } from '../../operation.ts';
import { byDefault } from '../../schema.ts';
import { linksAcceptance } from '../acceptance.ts';
import { countVariations, hasSeeds, imagePolling, modelVersions, withSeeds } from '../fields.ts';
import { imageFrom, inputDomains } from '../image-source.ts';
import { presignedResult } from '../results.ts';

/** Adobe: `POST /v3/images/upscale`, which answers with links and without a job id. */
export const upscaleImage = defineOperation({
  name: 'images/upscale',
  title: 'Make an image larger',
  path: '/v3/images/upscale',
  models: modelVersions(['precise_upsampler_v1'], { default: 'precise_upsampler_v1', required: false }),
  body: () =>
    z.strictObject({
      image: imageFrom(inputDomains.v3),
      seeds: z.array(z.int()).min(1).max(4),
      upscaleFactor: byDefault(2, z.literal([2, 3, 4, 6])).optional(),
    }),
  countOutputs: countVariations,
  reusable: hasSeeds,
  repeat: withSeeds,
  accepts: linksAcceptance(202),
  result: presignedResult,
  polling: imagePolling,
});
