import * as z from 'zod';
import { accept, listOutputs, writeStatus } from '../photoshop/words.ts';
import type { ServiceOperation } from '../service/definition.ts';

const channel = z.number().min(0).max(255);

const body = z.looseObject({
  image: z.looseObject({ source: z.looseObject({ url: z.string() }) }),
  mode: z.enum(['cutout', 'mask', 'psd']).optional(),
  output: z
    .looseObject({
      mediaType: z.enum(['image/jpeg', 'image/png', 'image/webp', 'image/vnd.adobe.photoshop']).optional(),
    })
    .optional(),
  trim: z.boolean().optional(),
  backgroundColor: z
    .looseObject({ red: channel, green: channel, blue: channel, alpha: z.number().min(0).max(1) })
    .optional(),
  colorDecontamination: z.number().min(0).max(1).optional(),
});

/** `POST /v2/remove-background`. */
export const removeBackground: ServiceOperation = {
  path: '/v2/remove-background',
  quotas: ['remove-background'],
  statusQuota: 'remove-background-status',
  body,
  inputs: (request) => [
    {
      path: ['image', 'source', 'url'],
      url: body.parse(request).image.source.url,
      mediaTypes: ['image/jpeg', 'image/png', 'image/webp', 'image/tiff'],
      maxSize: { width: 6_000, height: 6_000 },
    },
  ],
  outputs: (request) => {
    const { mode = 'cutout', output } = body.parse(request);
    const usual = mode === 'psd' ? 'image/vnd.adobe.photoshop' : 'image/png';
    return [
      { mediaType: output?.mediaType ?? usual, target: { kind: 'hosted' }, label: `background removed: ${mode}` },
    ];
  },
  statusPath: '/v2/status/{jobId}',
  accept,
  status: (job) => writeStatus(job, listOutputs),
};
