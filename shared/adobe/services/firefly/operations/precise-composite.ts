import * as z from 'zod';
import { imagePolling, type OperationDefinition } from '../../operation.ts';
import { compositeFields, compositeImage, share } from '../composite-fields.ts';
import { byDefault, seedsMatchVariations } from '../fields.ts';
import { imageResult } from '../results.ts';

/** Adobe: `POST /v3/images/precise-composite`. */
export const preciseComposite: OperationDefinition = {
  name: 'images/precise-composite',
  title: 'Place an object into a background and keep its look',
  path: '/v3/images/precise-composite',
  body: z.strictObject({
    ...compositeFields,
    object: z.strictObject({ image: compositeImage }),
    blend: byDefault(0.5, share).optional(),
  }),
  rules: seedsMatchVariations,
  accepts: { family: 'job', status: 202 },
  result: imageResult,
  following: imagePolling,
};
