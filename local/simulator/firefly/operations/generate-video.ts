import * as z from 'zod';
import { videoPresets } from '#shared/adobe/services/firefly/operations/generate-video.ts';
import { integer, sizeTo } from '../fields.ts';
import type { SimulatedOperation, Size } from '../operation.ts';
import { hosts, sourceFrom } from '../sources.ts';

const fields = z.object({
  prompt: z.string().optional(),
  seeds: z.array(z.int()).length(1).optional(),
  bitRateFactor: integer(0, 63).optional(),
  sizes: z.array(sizeTo(8192)).optional(),
  image: z
    .object({
      conditions: z
        .array(
          z.object({
            source: sourceFrom(hosts.compositesAndVideo),
            placement: z.object({ position: z.number().min(0).max(1) }),
          }),
        )
        .optional(),
    })
    .optional(),
  videoSettings: z
    .object({
      cameraMotion: z.enum(videoPresets.cameraMotion).optional(),
      promptStyle: z.enum(videoPresets.promptStyle).optional(),
      shotAngle: z.enum(videoPresets.shotAngle).optional(),
      shotSize: z.enum(videoPresets.shotSize).optional(),
    })
    .optional(),
});

/** `POST /v3/videos/generate`. */
export const generateVideo: SimulatedOperation = {
  path: '/v3/videos/generate',
  models: { values: ['video1_standard'], required: true },
  body: () => fields,
  accepts: { family: 'job' },
  plan: ({ prompt = '', seeds = [], sizes = [] }) => ({
    prompt: String(prompt),
    seeds: seeds as number[],
    outputs: 1,
    size: (sizes as Size[])[0] ?? { width: 1920, height: 1080 },
    format: 'mp4',
  }),
  result: ({ size, outputs }) => ({ size, outputs: outputs.map(({ seed, url }) => ({ seed, video: { url } })) }),
  // Adobe states no time; its videos take minutes where images take seconds.
  slowness: 10,
};
