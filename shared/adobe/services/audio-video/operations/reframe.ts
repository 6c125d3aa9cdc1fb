import * as z from 'zod';
import { once } from '../../../../once.ts';
import { followedAcceptance } from '../../acceptance.ts';
import { asFields, asList } from '../../body-fields.ts';
import { defineOperation } from '../../operation.ts';
import { byDefault } from '../../schema.ts';
import { source } from '../fields.ts';
import { overlay } from '../overlays.ts';
import { fileForEach } from '../results.ts';

const aspectRatio = once(() =>
  z.string().regex(/^[1-9]\d{0,4}:[1-9]\d{0,4}$/, { error: 'must be a ratio such as 9:16' }),
);

/** Adobe: `POST /v1/reframe`: a video in other aspect ratios. */
export const reframe = defineOperation({
  name: 'audio-video/reframe',
  title: 'Reframe a video to other aspect ratios (v1)',
  path: '/v1/reframe',
  lane: 'av-reframe',
  body: () =>
    z.strictObject({
      video: z.strictObject({ source: source(), mediaType: z.enum(['video/mp4', 'video/quicktime']) }),
      sceneEditDetection: byDefault(true, z.boolean()).optional(),
      overlays: z.array(overlay()).optional(),
      outputConfig: z.strictObject({ aspectRatios: z.array(aspectRatio()).min(1) }),
    }),
  countOutputs: ({ outputConfig }) => Math.max(1, asList(asFields(outputConfig)['aspectRatios']).length),
  accepts: followedAcceptance,
  result: fileForEach,
  polling: { firstPollSeconds: 20, pollCeilingSeconds: 60, timeoutSeconds: 7_200 },
});
