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

/** Adobe: `POST /v3/images/adaptive-composite`. */
export const adaptiveComposite = defineOperation({
  name: 'images/adaptive-composite',
  title: 'Place an object into a background and adapt it to the light there',
  path: '/v3/images/adaptive-composite',
  body: () =>
    z.strictObject({
      ...compositeFields(),
      object: z.strictObject({ image: compositeImage(), mask: compositeImage().optional() }),
      harmonization: byDefault(0.6, share()).optional(),
      shadowIntensity: byDefault(1, share()).optional(),
      preserveBackground: byDefault(false, z.boolean()).optional(),
    }),
  rules: seedsMatchVariations,
  countOutputs: countVariations,
  reusable: hasSeeds,
  repeat: withSeeds,
  accepts: cancellableAcceptance,
  result: imageResult,
  polling: imagePolling,
});
