import * as z from 'zod';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { byDefault, maskOf } from '../../schema.ts';
import { imageDomains, imagePolling, maskingImage, maskingTypes } from '../fields.ts';
import { refinedMask } from '../masking.ts';

/** Adobe: `POST /v1/refine-mask`. */
export const refineMask = defineOperation({
  name: 'masking/refine-mask',
  title: 'Sharpen the edges of a mask',
  path: '/v1/refine-mask',
  statusPath: '/v1/status/{jobId}',
  lane: 'masking',
  inputTypes: maskingTypes,
  inputDomains: imageDomains,
  body: () =>
    z.strictObject({
      image: maskingImage(maskingTypes),
      mask: maskOf('image', maskingImage(maskingTypes)),
      colorDecontamination: byDefault(false, z.boolean()).optional(),
    }),
  accepts: followedAcceptance,
  result: refinedMask,
  polling: imagePolling,
});
