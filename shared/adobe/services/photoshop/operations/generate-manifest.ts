import * as z from 'zod';
import { once } from '../../../../once.ts';
import { followedAcceptance } from '../../acceptance.ts';
import { asFields } from '../../body-fields.ts';
import { defineOperation } from '../../operation.ts';
import { photoshopDestinations } from '../destinations.ts';
import { checkOutputs, checkTypeFields, countOutputs } from '../output-rules.ts';
import { compression, manifests, quality } from '../outputs.ts';
import { photoshopPolling, photoshopResult } from '../results.ts';
import { fileImage, warnOfSharedFiles } from '../sources.ts';

const exportOptions = once(() =>
  z.strictObject({
    mediaType: z.enum(['image/jpeg', 'image/png']),
    quality: quality().optional(),
    compression: compression().optional(),
  }),
);

/** Adobe: `POST /v2/generate-manifest`. The pictures of layers are at addresses inside the manifest: they are no outputs. */
export const generateManifest = defineOperation({
  name: 'photoshop/generate-manifest',
  title: 'Describe the layers of a document',
  path: '/v2/generate-manifest',
  body: () =>
    z.strictObject({
      image: fileImage(),
      includeLayerThumbnails: z.boolean().optional(),
      includeXmp: z.boolean().optional(),
      extractSmartObjectData: z.boolean().optional(),
      maximumThumbnailDepth: z.int().min(0).optional(),
      trimToTransparency: z.boolean().optional(),
      exportOptions: exportOptions().optional(),
      outputs: manifests(),
    }),
  rules: (body) => [...checkOutputs(body), ...checkTypeFields(asFields(body['exportOptions']), ['exportOptions'])],
  warnings: warnOfSharedFiles,
  countOutputs,
  accepts: followedAcceptance,
  result: photoshopResult,
  destinations: photoshopDestinations,
  polling: photoshopPolling,
});
