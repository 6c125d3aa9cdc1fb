import * as z from 'zod';
import { byDefault } from './fields.ts';
import { imageFrom, inputDomains } from './image-source.ts';

/** An image of a composite. */
export const compositeImage = imageFrom(inputDomains.compositesAndVideo);

/** The fields that both composites have (Adobe: precise and adaptive composite). */
export const compositeFields = {
  background: z.strictObject({ image: compositeImage, fillAreaMask: compositeImage }),
  numVariations: byDefault(1, z.int().min(1).max(3)).optional(),
  seeds: z.array(z.int()).min(1).max(3).optional(),
  output: z
    .strictObject({ mediaType: z.enum(['image/png', 'image/jpeg', 'image/webp', 'image/jxl']).optional() })
    .optional(),
};

/** A number from 0 to 1. */
export const share = z.number().min(0).max(1);
