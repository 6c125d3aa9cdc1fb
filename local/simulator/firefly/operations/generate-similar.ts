import * as z from 'zod';
import { checkCounts, commonFields, planImages, refusing, sizeTo } from '../fields.ts';
import type { SimulatedOperation } from '../operation.ts';
import { imageResult } from '../results.ts';
import { hosts, imageFrom } from '../sources.ts';

const fields = z.object({ ...commonFields, image: imageFrom(hosts.v3), size: sizeTo(4096).optional() });

/** `POST /v3/images/generate-similar-async`. */
export const generateSimilar: SimulatedOperation = {
  path: '/v3/images/generate-similar-async',
  syncPath: '/v3/images/generate-similar',
  models: { values: ['image3', 'image4_standard', 'image4_ultra'], required: false },
  body: () => fields.superRefine((request, context) => checkCounts(request, refusing(context))),
  accepts: { family: 'job' },
  plan: planImages,
  result: imageResult,
};
