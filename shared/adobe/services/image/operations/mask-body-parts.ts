import * as z from 'zod';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { byDefault, maskOf } from '../../schema.ts';
import { imageDomains, imagePolling, maskingImage, maskingTypes } from '../fields.ts';
import { bodyMasks } from '../masking.ts';

/** Adobe: `POST /v1/mask-body-parts`. */
export const maskBodyParts = defineOperation({
  name: 'masking/mask-body-parts',
  title: 'Mask the body parts and clothes of a person',
  path: '/v1/mask-body-parts',
  statusPath: '/v1/status/{jobId}',
  lane: 'masking',
  inputTypes: maskingTypes,
  inputDomains: imageDomains,
  body: () =>
    z.strictObject({
      image: maskingImage(maskingTypes),
      mask: maskOf('image', maskingImage(['image/png'])),
      useGranularLabels: byDefault(false, z.boolean()).optional(),
    }),
  countOutputs: () => undefined,
  accepts: followedAcceptance,
  result: bodyMasks,
  polling: imagePolling,
});
