import * as z from 'zod';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { artworkPolling, fileResult, source } from '../artwork.ts';

const mediaTypes = ['image/png', 'image/jpeg'] as const;

/** Adobe: `POST /v1/trace-image`; the result is SVG. */
export const traceImage = defineOperation({
  name: 'illustrator/trace-image',
  title: 'Trace a picture into vectors',
  path: '/v1/trace-image',
  body: () =>
    z.strictObject({
      input: z.strictObject({ source: source(), mediaType: z.enum(mediaTypes) }),
      settings: z.strictObject({ preset: z.enum(['enhanced_general', 'high_fidelity_photo']).optional() }).optional(),
    }),
  accepts: followedAcceptance,
  result: { ...fileResult, mediaType: 'image/svg+xml' },
  inputTypes: mediaTypes,
  statusPath: '/v1/status/{jobId}/image-trace',
  polling: artworkPolling,
});
