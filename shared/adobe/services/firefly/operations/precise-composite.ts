import * as z from 'zod';
import { cancellableAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { byDefault } from '../../schema.ts';
import {
  compositeFields,
  compositeImage,
  countVariations,
  hasSeeds,
  imagePolling,
  seedsMatchVariations,
  share,
  withSeeds,
} from '../fields.ts';
import { imageResult } from '../results.ts';

/** Adobe: `POST /v3/images/precise-composite`. */
export const preciseComposite = defineOperation({
  name: 'images/precise-composite',
  title: 'Place an object into a background and keep its look',
  path: '/v3/images/precise-composite',
  body: () =>
    z.strictObject({
      ...compositeFields(),
      object: z.strictObject({ image: compositeImage() }),
      blend: byDefault(0.5, share()).optional(),
    }),
  rules: seedsMatchVariations,
  countOutputs: countVariations,
  reusable: hasSeeds,
  repeat: withSeeds,
  accepts: cancellableAcceptance,
  result: imageResult,
  polling: imagePolling,
});
