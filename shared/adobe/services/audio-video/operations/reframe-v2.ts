import * as z from 'zod';
import { once } from '../../../../once.ts';
import { followedAcceptance } from '../../acceptance.ts';
import { exactlyOne } from '../../body-fields.ts';
import { defineOperation, type RuleFinding } from '../../operation.ts';
import { byDefault } from '../../schema.ts';
import { listFiles, listRenditions, renditionDestinations } from '../destinations.ts';
import { destination, source } from '../fields.ts';
import { overlayV2 } from '../overlays.ts';
import { fileForEach } from '../results.ts';

const rendition = once(() =>
  z.strictObject({
    aspectRatio: z.strictObject({ x: z.int().min(1), y: z.int().min(1) }).optional(),
    resolution: z.strictObject({ width: z.int().min(1), height: z.int().min(1) }).optional(),
    mediaDestination: destination().optional(),
    sidecarDestination: destination().optional(),
  }),
);

/** Adobe: letters, digits, spaces, hyphens and underscores. */
const focalPoint = once(() =>
  z
    .string()
    .max(1_000)
    .regex(/^[a-zA-Z0-9\s\-_]+$/, { error: 'must be of letters, digits, spaces, hyphens and underscores' }),
);

const checkRenditions = (renditions: readonly Readonly<Record<string, unknown>>[]): RuleFinding[] => {
  const path = ['output', 'renditions'];
  const texts = renditions.map((each) => JSON.stringify(each));
  return [
    ...renditions.flatMap((each, index) => exactlyOne(each, ['aspectRatio', 'resolution'], [...path, index])),
    ...(new Set(texts).size === texts.length ? [] : [{ path, message: 'the list has duplicated items' }]),
  ];
};

/** Adobe: `POST /v2/reframe`: a video in other aspect ratios or sizes, with its renditions where the request says. */
export const reframeV2 = defineOperation({
  name: 'audio-video/reframe-v2',
  title: 'Reframe a video to other aspect ratios or sizes (v2)',
  path: '/v2/reframe',
  statusPath: '/v2/status/{jobId}',
  lane: 'av-reframe',
  body: () =>
    z.strictObject({
      video: z.strictObject({ source: source() }),
      analysis: z
        .strictObject({
          sceneEditDetection: byDefault(true, z.boolean()).optional(),
          focalPoints: z.array(focalPoint()).max(10).optional(),
        })
        .optional(),
      composition: z.strictObject({ overlays: z.array(overlayV2()).optional() }).optional(),
      output: z.strictObject({
        // Adobe's schema requires the sidecar as well; its examples leave it out.
        format: z
          .strictObject({
            media: z.enum(['none', 'mp4', 'mov', 'source']),
            sidecar: z.enum(['json', 'otio']).optional(),
          })
          .optional(),
        renditions: z.array(rendition()).min(1),
        layout: z.strictObject({ applyLetterboxing: z.boolean().optional() }).optional(),
      }),
    }),
  rules: (fields) => [
    ...checkRenditions(listRenditions(fields)),
    ...(listFiles(fields).length === 0
      ? [{ path: ['output', 'format', 'sidecar'], message: 'field required where media is none' }]
      : []),
  ],
  countOutputs: (fields) => Math.max(1, listRenditions(fields).length * listFiles(fields).length),
  destinations: renditionDestinations,
  accepts: followedAcceptance,
  result: fileForEach,
  polling: { firstPollSeconds: 20, pollCeilingSeconds: 60, timeoutSeconds: 7_200 },
});
