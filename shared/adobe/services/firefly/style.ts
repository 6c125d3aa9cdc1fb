import * as z from 'zod';
import { byDefault, distinct } from './fields.ts';
import { imageFrom, inputDomains } from './image-source.ts';

/** Adobe: presets, a reference image, and how closely to follow them. Unknown presets are passed on with a warning. */
export const style = z.strictObject({
  // Adobe's list of presets is editorial: ids that it does not know today are not ours to refuse.
  presets: distinct(z.array(z.string())).optional(),
  imageReference: imageFrom(inputDomains.v3).optional(),
  strength: byDefault(50, z.int().min(1).max(100)).optional(),
});
