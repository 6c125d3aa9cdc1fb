import * as z from 'zod';
import { cancellableAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { maskOf } from '../../schema.ts';
import {
  countVariations,
  hasSeeds,
  imagePolling,
  imageSizeUpTo,
  localeCode,
  maskOrPlacement,
  maskRequired,
  negativePrompt,
  numVariations,
  prompt,
  seeds,
  seedsMatchVariations,
  withSeeds,
} from '../fields.ts';
import { imageWithMaskFrom, inputDomains, maskFrom } from '../image-source.ts';
import { imageResult } from '../results.ts';

/** Adobe: `POST /v3/images/fill-async`. */
export const fillImage = defineOperation({
  name: 'images/fill',
  title: 'Fill the masked part of an image',
  path: '/v3/images/fill-async',
  waitPath: '/v3/images/fill',
  promptFields: ['prompt'],
  body: () =>
    z.strictObject({
      image: imageWithMaskFrom(inputDomains.v3),
      mask: maskOf('image', maskFrom(inputDomains.v3)).optional(),
      prompt: prompt().optional(),
      negativePrompt: negativePrompt().optional(),
      numVariations: numVariations().optional(),
      seeds: seeds().optional(),
      size: imageSizeUpTo(4096).optional(),
      promptBiasingLocaleCode: localeCode().optional(),
    }),
  rules: (fields) => [...seedsMatchVariations(fields), ...maskRequired(fields), ...maskOrPlacement(fields)],
  countOutputs: countVariations,
  reusable: hasSeeds,
  repeat: withSeeds,
  accepts: cancellableAcceptance,
  result: imageResult,
  polling: imagePolling,
});
