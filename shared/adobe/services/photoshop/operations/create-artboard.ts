import * as z from 'zod';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { photoshopDestinations } from '../destinations.ts';
import { checkOutputs, checkPatterns, countOutputs } from '../output-rules.ts';
import { renditions } from '../outputs.ts';
import { photoshopPolling, photoshopResult } from '../results.ts';
import { fileSource, warnOfSharedFiles } from '../sources.ts';

/** Adobe: `POST /v2/create-artboard`. */
export const createArtboard = defineOperation({
  name: 'photoshop/create-artboard',
  title: 'Place images side by side in one document',
  path: '/v2/create-artboard',
  body: () =>
    z.strictObject({
      images: z
        .array(z.strictObject({ source: fileSource(), name: z.string().min(1).max(255).optional() }))
        .min(1)
        .max(25),
      artboardSpacing: z.int().optional(),
      outputs: renditions(),
    }),
  rules: (body) => [...checkOutputs(body), ...checkPatterns(body, { hasScripts: false })],
  warnings: warnOfSharedFiles,
  countOutputs,
  accepts: followedAcceptance,
  result: photoshopResult,
  destinations: photoshopDestinations,
  polling: photoshopPolling,
});
