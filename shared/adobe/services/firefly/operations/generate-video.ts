import * as z from 'zod';
import { once } from '../../../../once.ts';
import { cancellableAcceptance } from '../../acceptance.ts';
import { asFields, asList } from '../../body-fields.ts';
import { defineOperation } from '../../operation.ts';
import { byDefault } from '../../schema.ts';
import { hasSeeds, modelVersions, sizeUpTo, withSeeds } from '../fields.ts';
import { inputDomains, sourceFrom } from '../image-source.ts';
import { videoResult } from '../results.ts';
import { exampleVideoSizes, warnOfVideoSizes } from '../sizes.ts';

/** The words of Adobe for how a video may look. */
export const videoPresets = {
  cameraMotion: [
    'camera pan left',
    'camera pan right',
    'camera zoom in',
    'camera zoom out',
    'camera tilt up',
    'camera tilt down',
    'camera locked down',
    'camera handheld',
  ],
  promptStyle: [
    'anime',
    '3d',
    'fantasy',
    'cinematic',
    'claymation',
    'line art',
    'stop motion',
    '2d',
    'vector art',
    'black and white',
  ],
  shotAngle: ['aerial shot', 'eye_level shot', 'high angle shot', 'low angle shot', 'top-down shot'],
  shotSize: ['close-up shot', 'extreme close-up', 'medium shot', 'long shot', 'extreme long shot'],
} as const;

// A clip without a size is made at the largest that the card knows.
const usualHeight = 1080;

const findHeights = (sizes: unknown): number[] => {
  const { data = [] } = z.array(z.looseObject({ width: z.number(), height: z.number() })).safeParse(sizes);
  return data.length === 0 ? [usualHeight] : data.map(({ width, height }) => Math.min(width, height));
};

const keyframe = once(() =>
  z.strictObject({
    source: sourceFrom(inputDomains.compositesAndVideo),
    placement: z.strictObject({ position: z.number().min(0).max(1) }),
  }),
);

/** Adobe: `POST /v3/videos/generate`: one clip of five seconds, which takes minutes. */
export const generateVideo = defineOperation({
  name: 'videos/generate',
  title: 'Generate a video of five seconds',
  path: '/v3/videos/generate',
  models: modelVersions(['video1_standard'], { default: 'video1_standard', required: true }),
  promptFields: ['prompt'],
  body: () =>
    z.strictObject({
      prompt: z.string().optional(),
      // Not in Adobe's schema; its services were seen to take it.
      negativePrompt: z.string().optional(),
      image: z.strictObject({ conditions: byDefault([], z.array(keyframe())).optional() }).optional(),
      bitRateFactor: byDefault(18, z.int().min(0).max(63)).optional(),
      seeds: z.array(z.int()).min(1).max(1).optional(),
      sizes: z.array(sizeUpTo(8192).meta(exampleVideoSizes)).optional(),
      videoSettings: z
        .strictObject({
          cameraMotion: z.enum(videoPresets.cameraMotion).optional(),
          promptStyle: z.enum(videoPresets.promptStyle).optional(),
          shotAngle: z.enum(videoPresets.shotAngle).optional(),
          shotSize: z.enum(videoPresets.shotSize).optional(),
        })
        .optional(),
    }),
  rules: ({ prompt, image }) => {
    const hasKeyframe = asList(asFields(image)['conditions']).length > 0;
    // Adobe's schema requires no field, but there is nothing to generate from without one of the two.
    return prompt === undefined && !hasKeyframe
      ? [{ path: ['prompt'], message: 'a prompt or a keyframe in image.conditions is required' }]
      : [];
  },
  warnings: warnOfVideoSizes,
  rate: { 540: 0.4, 720: 1, 1080: 2 },
  measureOutput: ({ sizes }) => ({ seconds: 5, height: Math.max(...findHeights(sizes)) }),
  reusable: hasSeeds,
  repeat: withSeeds,
  accepts: cancellableAcceptance,
  result: videoResult,
  polling: { firstPollSeconds: 15, pollCeilingSeconds: 30, timeoutSeconds: 3_600 },
});
