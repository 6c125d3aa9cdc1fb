import * as z from 'zod';
import type { SimulatedOperation } from '../operation.ts';
import { hosts, imageFrom } from '../sources.ts';

const fields = z.object({
  image: imageFrom(hosts.v3),
  seeds: z.array(z.int()).min(1).max(4),
  upscaleFactor: z.literal([2, 3, 4, 6]).optional(),
});

/** `POST /v3/images/upscale`: links only, and results of a shape of their own. */
export const upscaleImage: SimulatedOperation = {
  path: '/v3/images/upscale',
  models: { values: ['precise_upsampler_v1'], required: false },
  body: () => fields,
  accepts: { family: 'links', status: 202 },
  plan: ({ seeds, upscaleFactor = 2 }) => ({
    seeds: seeds as number[],
    outputs: (seeds as number[]).length,
    size: { width: 512 * Number(upscaleFactor), height: 512 * Number(upscaleFactor) },
    prompt: 'an image made larger',
  }),
  result: ({ outputs }) => ({
    version: '1.0.0',
    outputs: outputs.map(({ url, id }, index) => ({ id, presignedUrl: url, name: `upscaled-${index}` })),
  }),
};
