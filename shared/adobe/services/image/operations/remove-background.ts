import * as z from 'zod';
import { once } from '../../../../once.ts';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { photoshopResult } from '../../photoshop/results.ts';
import { byDefault } from '../../schema.ts';
import { imageDomains, imagePolling, sourceFrom } from '../fields.ts';

const component = once(() => z.number().min(0).max(255));

/** Adobe: `POST /v2/remove-background`, which is on another host and under another limit than Photoshop's other operations. */
export const removeBackground = defineOperation({
  name: 'photoshop/remove-background',
  title: 'Cut the subject out of an image',
  path: '/v2/remove-background',
  lane: 'remove-background',
  inputTypes: ['image/jpeg', 'image/png', 'image/webp', 'image/tiff'],
  inputDomains: imageDomains,
  body: () =>
    z.strictObject({
      image: z.strictObject({ source: sourceFrom(imageDomains) }),
      mode: byDefault('cutout', z.enum(['cutout', 'mask', 'psd'])).optional(),
      output: z
        .strictObject({
          mediaType: z.enum(['image/jpeg', 'image/png', 'image/webp', 'image/vnd.adobe.photoshop']).optional(),
        })
        .optional(),
      trim: byDefault(false, z.boolean()).optional(),
      backgroundColor: z
        .strictObject({ red: component(), green: component(), blue: component(), alpha: z.number().min(0).max(1) })
        .optional(),
      colorDecontamination: byDefault(1, z.number().min(0).max(1)).optional(),
    }),
  accepts: followedAcceptance,
  result: photoshopResult,
  polling: imagePolling,
});
