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
  withSeeds,
} from '../fields.ts';
import { imageWithMaskFrom, inputDomains, maskFrom } from '../image-source.ts';
import { imageResult } from '../results.ts';

/** Adobe: `POST /v3/images/expand-async`. */
export const expandImage = defineOperation({
  name: 'images/expand',
  title: 'Expand an image beyond its borders',
  path: '/v3/images/expand-async',
  waitPath: '/v3/images/expand',
  promptFields: ['prompt'],
  body: () =>
    z.strictObject({
      image: imageWithMaskFrom(inputDomains.v3),
      mask: maskOf('image', maskFrom(inputDomains.v3)).optional(),
      placement: placement().optional(),
      prompt: prompt().optional(),
      numVariations: numVariations().optional(),
      seeds: seeds().optional(),
      // Adobe: the result has at most 3999 x 3999 pixels.
      size: imageSizeUpTo(3999).optional(),
    }),
  rules: (fields) => [...seedsMatchVariations(fields), ...maskOrPlacement(fields)],
  countOutputs: countVariations,
  reusable: hasSeeds,
  repeat: withSeeds,
  accepts: cancellableAcceptance,
  result: imageResult,
  polling: imagePolling,
});
