import * as z from 'zod';
import { once } from '../../../../once.ts';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation, type RuleFinding } from '../../operation.ts';
import { byDefault } from '../../schema.ts';
import { artworkPolling, fileResult, source } from '../artwork.ts';

const mediaTypes = [
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/svg+xml',
  'application/pdf',
  'application/eps',
] as const;

const settingsOfRange = once(() =>
  z.object({
    settings: z.object({ documentLevel: z.literal(0), artboardRange: z.undefined().optional() }),
  }),
);

/** Adobe: which artboards, where artboards are asked for. */
const requireRange = (fields: Readonly<Record<string, unknown>>): RuleFinding[] =>
  settingsOfRange().safeParse(fields).success
    ? [{ path: ['settings', 'artboardRange'], message: 'required with the document level 0' }]
    : [];

/** Adobe: `POST /v1/create-rendition`. */
export const createRendition = defineOperation({
  name: 'illustrator/create-rendition',
  title: 'Export artboards or a document',
  path: '/v1/create-rendition',
  body: () =>
    z.strictObject({
      input: z.strictObject({
        source: source(),
        mediaType: byDefault('application/illustrator', z.enum(['application/illustrator'])).optional(),
      }),
      output: z.strictObject({ mediaType: z.enum(mediaTypes) }),
      settings: z.strictObject({
        documentLevel: z.literal([0, 1]).meta({ description: '0: a file for each artboard; 1: the document' }),
        artboardRange: z.string().min(1).optional(),
        resolution: byDefault(72, z.int().min(4).max(2_400))
          .meta({ description: 'In dots per inch, of PNG and JPEG' })
          .optional(),
      }),
    }),
  rules: requireRange,
  countOutputs: () => undefined,
  accepts: followedAcceptance,
  result: fileResult,
  polling: artworkPolling,
});
