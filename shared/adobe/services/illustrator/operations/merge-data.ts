import * as z from 'zod';
import { once } from '../../../../once.ts';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { byDefault } from '../../schema.ts';
import { artworkPolling, mergeResult, source } from '../artwork.ts';

const mediaTypes = [
  'image/png',
  'image/jpeg',
  'application/pdf',
  'image/svg+xml',
  'application/illustrator',
  'application/eps',
] as const;

const fontFile = once(() => z.strictObject({ source: source(), mediaType: z.enum(['font/ttf', 'font/otf']) }));

const fontSettings = once(() =>
  z.strictObject({
    autoReduceFontSizeToFit: byDefault(false, z.boolean()).optional(),
    minFontSize: z.number().positive().optional(),
    fallBackFont: z.string().optional(),
  }),
);

/** Adobe: `POST /v1/merge-data`. */
export const mergeData = defineOperation({
  name: 'illustrator/merge-data',
  title: 'Merge the rows of a CSV file into artwork',
  path: '/v1/merge-data',
  body: () =>
    z.strictObject({
      // Adobe: up to 5,000 rows.
      data: z.strictObject({ source: source() }),
      template: z.strictObject({ source: source() }),
      fontFiles: z.array(fontFile()).optional(),
      settings: z.strictObject({ fontSettings: fontSettings().optional() }).optional(),
      output: z.strictObject({ fileName: z.string().min(1), mediaType: z.enum(mediaTypes) }),
    }),
  countOutputs: () => undefined,
  accepts: followedAcceptance,
  result: mergeResult,
  polling: artworkPolling,
});
