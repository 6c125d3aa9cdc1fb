import * as z from 'zod';
import {
  checkCounts,
  checkMask,
  commonFields,
  placement,
  planImages,
  refusing,
  requireMask,
  sizeTo,
  text,
} from '../fields.ts';
import type { SimulatedOperation } from '../operation.ts';
import { imageResult } from '../results.ts';
import { hosts, imageFrom, sourceFrom } from '../sources.ts';
import { style } from './generate-images.ts';

// The mask inside the image is deprecated, not refused.
const image = z.object({ source: sourceFrom(hosts.v3), mask: sourceFrom(hosts.v3).optional() });
const mask = z.object({ source: sourceFrom(hosts.v3), invert: z.boolean().optional() });

const checked = <Fields extends z.ZodType<Record<string, unknown>>>(fields: Fields) =>
  fields.superRefine((request, context) => {
    const refuse = refusing(context);
    checkCounts(request, refuse);
    checkMask(request, refuse);
  });

const expandFields = z.object({
  ...commonFields,
  image,
  mask: mask.optional(),
  placement: placement.optional(),
  prompt: text(1, 1024).optional(),
  size: sizeTo(3999).optional(),
});

/** `POST /v3/images/expand-async`. */
export const expandImage: SimulatedOperation = {
  path: '/v3/images/expand-async',
  syncPath: '/v3/images/expand',
  body: () => checked(expandFields),
  accepts: { family: 'job' },
  plan: planImages,
  result: imageResult,
};

const fillFields = z.object({
  ...commonFields,
  image,
  mask: mask.optional(),
  prompt: text(1, 1024).optional(),
  negativePrompt: text(0, 1024).optional(),
  // Not documented here; beside a mask, which a fill always has, it is excluded.
  placement: z.unknown().optional(),
  promptBiasingLocaleCode: z.string().optional(),
  size: sizeTo(4096).optional(),
});

/** `POST /v3/images/fill-async`. */
export const fillImage: SimulatedOperation = {
  path: '/v3/images/fill-async',
  syncPath: '/v3/images/fill',
  body: () => checked(fillFields.superRefine((request, context) => requireMask(request, refusing(context)))),
  accepts: { family: 'job' },
  plan: planImages,
  result: imageResult,
};

const compositeFields = z.object({
  ...commonFields,
  prompt: text(1, 1024),
  image,
  mask: imageFrom(hosts.v3).optional(),
  placement: placement.optional(),
  contentClass: z.enum(['photo', 'art']).optional(),
  style: style.optional(),
  size: sizeTo(4096).optional(),
});

/** `POST /v3/images/generate-object-composite-async`. */
export const objectComposite: SimulatedOperation = {
  path: '/v3/images/generate-object-composite-async',
  syncPath: '/v3/images/generate-object-composite',
  body: () => checked(compositeFields),
  accepts: { family: 'job' },
  plan: planImages,
  result: imageResult,
};
