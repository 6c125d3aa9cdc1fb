import * as z from 'zod';
import { once } from '../../../../once.ts';
import { followedAcceptance } from '../../acceptance.ts';
import { asFields, exactlyOne } from '../../body-fields.ts';
import { listedIn } from '../../list.ts';
import { defineOperation, type RuleFinding } from '../../operation.ts';
import { id, localeCode, source } from '../fields.ts';
import { avatars, voices } from '../lists.ts';
import { oneFile } from '../results.ts';
import { checkScript, script } from '../script.ts';

const sizes = ['1920x1080', '3840x2160'];

const background = once(() =>
  z.strictObject({
    type: z.enum(['color', 'image', 'video']).optional(),
    color: z
      .string()
      .regex(/^#[0-9a-fA-F]{6}$/, { error: 'must be a color such as #FFF000' })
      .optional(),
    source: source().optional(),
  }),
);

const checkBackground = (value: unknown): RuleFinding[] => {
  if (value === undefined) return [];
  const path = ['output', 'background'];
  const fields = asFields(value);
  const { type, color } = fields;
  const findings = exactlyOne(fields, ['color', 'source'], path);
  if (findings.length > 0 || type === undefined || (type === 'color') === (color !== undefined)) return findings;
  return [
    {
      path: [...path, 'type'],
      message: color === undefined ? 'must be image or video with a source' : 'must be color with a color',
    },
  ];
};

const checkResolution = (value: unknown): RuleFinding[] => {
  const { width, height } = asFields(value);
  return value === undefined || sizes.includes(`${width}x${height}`)
    ? []
    : [{ path: ['output', 'resolution'], message: `must be one of ${sizes.join(', ')}` }];
};

/** Adobe: `POST /v1/generate-avatar`: a video of somebody who says a text or speaks with the voice of an audio file. */
export const generateAvatar = defineOperation({
  name: 'audio-video/generate-avatar',
  title: 'Generate a video of an avatar that speaks',
  path: '/v1/generate-avatar',
  lane: 'av-avatar',
  promptFields: ['script.text'],
  body: () =>
    z.strictObject({
      avatarId: listedIn(avatars, id()),
      script: script().optional(),
      voiceId: listedIn(voices, id()).optional(),
      audio: z
        .strictObject({ source: source(), mediaType: z.literal('audio/wav'), localeCode: localeCode() })
        .optional(),
      output: z.strictObject({
        mediaType: z.literal('video/mp4'),
        background: background().optional(),
        // Adobe has them as strings.
        resolution: z.strictObject({ width: z.string().optional(), height: z.string().optional() }).optional(),
      }),
    }),
  rules: (fields) => {
    const { script: given, voiceId, output } = fields;
    const { background: behind, resolution } = asFields(output);
    return [
      ...exactlyOne(fields, ['script', 'audio']),
      ...(given === undefined ? [] : checkScript(given)),
      ...(given !== undefined && voiceId === undefined
        ? [{ path: ['voiceId'], message: 'field required with script' }]
        : []),
      ...checkBackground(behind),
      ...checkResolution(resolution),
    ];
  },
  accepts: followedAcceptance,
  result: oneFile('video/mp4'),
  // Adobe: about ten times the length of the video, which has up to half an hour.
  polling: { firstPollSeconds: 30, pollCeilingSeconds: 60, timeoutSeconds: 21_600 },
});
