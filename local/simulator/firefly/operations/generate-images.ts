import * as z from 'zod';
import {
  checkCounts,
  commonFields,
  duplicated,
  integer,
  planImages,
  refusing,
  sizeTo,
  text,
  unique,
} from '../fields.ts';
import type { SimulatedOperation } from '../operation.ts';
import { imageResult } from '../results.ts';
import { hosts, imageFrom } from '../sources.ts';

const reference = imageFrom(hosts.v3);

/** The style of an image. */
export const style = z.object({
  presets: z.array(z.string()).refine(unique, duplicated).optional(),
  imageReference: reference.optional(),
  strength: integer(1, 100).optional(),
});

const fields = z.object({
  prompt: text(1, 1024),
  negativePrompt: text(0, 1024).optional(),
  contentClass: z.enum(['photo', 'art']).optional(),
  customModelId: z.string().optional(),
  style: style.optional(),
  structure: z.object({ imageReference: reference.optional(), strength: integer(0, 100).optional() }).optional(),
  visualIntensity: integer(2, 10).optional(),
  upsamplerType: z.enum(['default', 'low_creativity']).optional(),
  ...commonFields,
  size: sizeTo(4096).optional(),
  promptBiasingLocaleCode: z.string().optional(),
});

/** `POST /v3/images/generate-async`. */
export const generateImages: SimulatedOperation = {
  path: '/v3/images/generate-async',
  syncPath: '/v3/images/generate',
  models: {
    values: ['image3', 'image3_custom', 'image4_standard', 'image4_ultra', 'image4_custom'],
    required: false,
  },
  body: (model) =>
    fields.superRefine((request, context) => {
      const refuse = refusing(context);
      const custom = model.endsWith('_custom');
      if (custom && request.customModelId === undefined)
        refuse('customModelId', `required with model version ${model}`);
      if (custom && request.negativePrompt !== undefined) {
        refuse('negativePrompt', 'not supported with custom models');
      }
      if (model === 'image4_custom' && request.visualIntensity !== undefined) {
        refuse('visualIntensity', 'not supported with model version image4_custom');
      }
      if (model !== 'image4_custom' && request.upsamplerType !== undefined) {
        refuse('upsamplerType', 'only supported with model version image4_custom');
      }
      checkCounts(request, refuse);
    }),
  accepts: { family: 'job' },
  plan: planImages,
  result: (finished) => ({ ...imageResult(finished), contentClass: finished.request['contentClass'] ?? 'photo' }),
};
