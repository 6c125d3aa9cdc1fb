import * as z from 'zod';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { maskOf } from '../../schema.ts';
import { imageDomains, imagePolling, maskingImage, maskingTypes } from '../fields.ts';
import { filledImage } from '../masking.ts';

/** Adobe: `POST /v1/fill-masked-areas`. */
export const fillMaskedAreas = defineOperation({
  name: 'masking/fill-masked-areas',
  title: 'Remove what masks cover from an image',
  path: '/v1/fill-masked-areas',
  statusPath: '/v1/status/{jobId}',
  lane: 'masking',
  inputTypes: maskingTypes,
  inputDomains: imageDomains,
  body: () =>
    z.strictObject({
      image: maskingImage(maskingTypes),
      masks: z.array(maskOf('image', maskingImage(maskingTypes))),
    }),
  accepts: followedAcceptance,
  result: filledImage,
  polling: imagePolling,
});
