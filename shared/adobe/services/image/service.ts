import type { AdobeService } from '../service.ts';
import { imageDialect } from './dialect.ts';
import { autoCrop } from './operations/auto-crop.ts';
import { fillMaskedAreas } from './operations/fill-masked-areas.ts';
import { maskBodyParts } from './operations/mask-body-parts.ts';
import { maskObjects } from './operations/mask-objects.ts';
import { refineMask } from './operations/refine-mask.ts';
import { removeBackground } from './operations/remove-background.ts';

/** Adobe's host for single images: backgrounds, crops and masks (Adobe: `image.adobe.io`). It hosts every output itself. */
export const image: AdobeService = {
  id: 'image',
  title: 'Images',
  product: 'Photoshop - Firefly Services',
  baseUrl: 'https://image.adobe.io',
  lanes: [
    {
      name: 'photoshop-imaging',
      windows: [
        { seconds: 60, hard: 320, soft: 300 },
        { seconds: 3, hard: 16, soft: 15 },
      ],
    },
    { name: 'remove-background', windows: [{ seconds: 3, hard: 3, soft: 2 }] },
    { name: 'masking', windows: [{ seconds: 60, hard: 60 }], requestsPerDay: 9_000 },
  ],
  scopes: ['openid', 'AdobeID', 'read_organizations'],
  inputs: 'presigned-get',
  outputs: 'hosted',
  dialect: imageDialect,
  statusPath: '/v2/status/{jobId}',
  operations: [removeBackground, autoCrop, maskObjects, maskBodyParts, refineMask, fillMaskedAreas],
};
