import * as z from 'zod';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { imageDomains, imagePolling, maskingImage, maskingTypes } from '../fields.ts';
import { objectMasks } from '../masking.ts';

/** Adobe: `POST /v1/mask-objects`. */
export const maskObjects = defineOperation({
  name: 'masking/mask-objects',
  title: 'Mask each object of an image',
  path: '/v1/mask-objects',
  statusPath: '/v1/status/{jobId}',
  lane: 'masking',
  inputTypes: maskingTypes,
  inputDomains: imageDomains,
  body: () => z.strictObject({ image: maskingImage(maskingTypes) }),
  countOutputs: () => undefined,
  accepts: followedAcceptance,
  result: objectMasks,
  polling: imagePolling,
});
