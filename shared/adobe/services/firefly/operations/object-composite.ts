import * as z from 'zod';
import { cancellableAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { maskOf } from '../../schema.ts';
import {
  countVariations,
  hasSeeds,
  imagePolling,
  imageSizeUpTo,
  maskOrPlacement,
  numVariations,
  placement,
  prompt,
  seeds,
  seedsMatchVariations,
  style,
  withSeeds,
} from '../fields.ts';
import { imageFrom, imageWithMaskFrom, inputDomains } from '../image-source.ts';
import { imageResult } from '../results.ts';
import { presetWarnings } from '../style-presets.ts';

/** Adobe: `POST /v3/images/generate-object-composite-async`. */
export const objectComposite = defineOperation({
  name: 'images/generate-object-composite',
  title: 'Generate a scene around an object',
  path: '/v3/images/generate-object-composite-async',
  waitPath: '/v3/images/generate-object-composite',
  promptFields: ['prompt'],
  body: () =>
    z.strictObject({
      prompt: prompt(),
      image: imageWithMaskFrom(inputDomains.v3),
      // Adobe: the mask of this operation cannot be inverted.
      mask: maskOf('image', imageFrom(inputDomains.v3)).optional(),
      placement: placement().optional(),
      contentClass: z.enum(['photo', 'art']).optional(),
      style: style().optional(),
      numVariations: numVariations().optional(),
      seeds: seeds().optional(),
      size: imageSizeUpTo(4096).optional(),
    }),
  rules: (fields) => [...seedsMatchVariations(fields), ...maskOrPlacement(fields)],
  warnings: presetWarnings,
  countOutputs: countVariations,
  reusable: hasSeeds,
  repeat: withSeeds,
  accepts: cancellableAcceptance,
  result: imageResult,
  polling: imagePolling,
});
