import * as z from 'zod';
import { checkCounts, integer, refusing, text } from '../fields.ts';
import type { Plan, SimulatedOperation, Size } from '../operation.ts';
import { imageResult } from '../results.ts';
import { hosts, sourceFrom } from '../sources.ts';

const fields = z.object({
  prompt: text(1, 1500),
  aspectRatio: z.enum(['1:1', '4:3', '3:4', '16:9', '9:16', 'auto']).optional(),
  resolutionLevel: z.enum(['1MP', '2.4MP', '4MP']).optional(),
  modelId: z.literal('firefly_image').optional(),
  numVariations: integer(1, 1).optional(),
  seeds: z.array(z.int()).max(1).optional(),
  referenceBlobs: z
    .array(z.object({ source: sourceFrom(hosts.v4), usage: z.literal('general').optional() }))
    .max(1)
    .optional(),
  modelSpecificPayload: z
    .object({ localeCode: z.string().optional(), prompt_reasoner: z.enum(['speed', 'quality']).optional() })
    .optional(),
});

const megapixels: Record<string, number> = { '1MP': 1, '2.4MP': 2.4, '4MP': 4 };

const sizeOf = (ratio: string, level: string): Size => {
  const [across = 1, down = 1] = ratio === 'auto' ? [1, 1] : ratio.split(':').map(Number);
  const unit = Math.sqrt(((megapixels[level] ?? 2.4) * 1_048_576) / (across * down));
  return { width: Math.round((across * unit) / 16) * 16, height: Math.round((down * unit) / 16) * 16 };
};

/** `POST /v4/images/generate-async`: links only, and documented with status 200. */
export const generateImagesImage5: SimulatedOperation = {
  path: '/v4/images/generate-async',
  models: { values: ['image5'], required: true },
  body: () =>
    fields.superRefine((request, context) => {
      const { referenceBlobs = [], aspectRatio = 'auto' } = request;
      checkCounts(request, refusing(context));
      if (referenceBlobs.length > 0 && aspectRatio !== 'auto') {
        refusing(context)('aspectRatio', 'must be auto with a reference image');
      }
    }),
  accepts: { family: 'links', status: 200 },
  plan: ({ prompt, seeds = [], aspectRatio = 'auto', resolutionLevel = '2.4MP' }): Plan => ({
    prompt: String(prompt),
    seeds: seeds as number[],
    outputs: 1,
    size: sizeOf(String(aspectRatio), String(resolutionLevel)),
  }),
  result: (finished) => {
    const { prompt_reasoner: reasoner } = (finished.request['modelSpecificPayload'] ?? {}) as {
      prompt_reasoner?: string;
    };
    return { ...imageResult(finished), altText: reasoner === 'quality' ? 'A simulated picture with shapes.' : '' };
  },
};
