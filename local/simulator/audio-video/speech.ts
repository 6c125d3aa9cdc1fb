import * as z from 'zod';
import type { ServiceOperation } from '../service/definition.ts';
import { accept, locale, refuseAt, source, statusOfOne, typedInput } from './fields.ts';

const wideLocales = ['hi-IN', 'ja-JP', 'ko-KR', 'zh-CN'];

/** A text to be spoken. */
const script = z
  .looseObject({
    text: z.string().optional(),
    source: source.optional(),
    mediaType: z.literal('text/plain', "Missing script 'mediaType' in the payload"),
    localeCode: locale,
  })
  .superRefine(({ text, source: file, localeCode }, context) => {
    if (text !== undefined && file !== undefined) {
      refuseAt(context, ['source'], 'Both source url and source text is present in the request');
    }
    if (text === undefined && file === undefined) refuseAt(context, ['text'], 'Script missing in the payload');
    if (text === undefined) return;
    const length = [...text].length;
    if (length < 15) refuseAt(context, ['text'], 'Input text has less than 15 characters');
    if (length > 20_000) refuseAt(context, ['text'], 'Input text has more than 20000 characters');
    if (/\p{Emoji_Presentation}/u.test(text)) refuseAt(context, ['text'], 'Please remove any Emojis or Symbols');
    else if (!wideLocales.includes(localeCode) && /[\u2E80-\uFFFF\u0400-\u0DFF]/.test(text)) {
      refuseAt(context, ['text'], 'Please use only ASCII or extended ASCII.');
    }
  });

const speechBody = z.looseObject({
  script,
  voiceId: z.string().min(1, "Missing 'voiceId' in the payload"),
  output: z.looseObject({ mediaType: z.literal('audio/wav', 'Output file format is not valid') }),
});

/** `POST /v1/generate-speech`. */
export const generateSpeech: ServiceOperation = {
  path: '/v1/generate-speech',
  quotas: ['av-speech'],
  body: speechBody,
  inputs: (request) => {
    const url = speechBody.parse(request).script.source?.url;
    return url === undefined ? [] : [{ path: ['script', 'source', 'url'], url }];
  },
  prompt: (request) => speechBody.parse(request).script.text ?? '',
  outputs: () => [{ mediaType: 'audio/wav', target: { kind: 'hosted' } }],
  slowness: 2,
  statusPath: '/v1/status/{jobId}',
  accept,
  status: statusOfOne,
};

const background = z
  .looseObject({
    type: z.enum(['color', 'image', 'video']).optional(),
    color: z
      .string()
      .regex(/^#[0-9a-f]{6}$/i, "Invalid 'color' specified in background")
      .optional(),
    source: source.optional(),
  })
  .superRefine(({ color, source: file }, context) => {
    if (color !== undefined && file !== undefined) {
      refuseAt(context, ['source'], 'Must specify either background source or color, not both');
    }
    if (color === undefined && file === undefined) {
      refuseAt(context, ['color'], 'Must specify either background source or color, both cannot be empty');
    }
  });

const resolution = z
  .looseObject({ width: z.string(), height: z.string() })
  .refine(({ width, height }) => ['1920x1080', '3840x2160'].includes(`${width}x${height}`), {
    error: 'Unsupported resolution specified in output. Accepted values are [1920x1080, 3840x2160]',
  });

const avatarBody = z
  .looseObject({
    avatarId: z.string().min(1, "The 'avatarId' property is required"),
    script: script.optional(),
    voiceId: z.string().optional(),
    audio: z.looseObject({ source, mediaType: z.literal('audio/wav'), localeCode: locale }).optional(),
    output: z.looseObject({
      mediaType: z.literal('video/mp4', 'Output file format is not valid'),
      background: background.optional(),
      resolution: resolution.optional(),
    }),
  })
  .superRefine(({ script: text, voiceId, audio }, context) => {
    if (text !== undefined && audio !== undefined) {
      refuseAt(context, ['audio'], 'Must specify either script or audio, not both');
    }
    if (text === undefined && audio === undefined) {
      refuseAt(context, ['script'], 'Must specify either script or audio, both cannot be empty');
    }
    if (text !== undefined && !voiceId) refuseAt(context, ['voiceId'], "Missing 'voiceId' in the payload");
  });

/** `POST /v1/generate-avatar`. */
export const generateAvatar: ServiceOperation = {
  path: '/v1/generate-avatar',
  quotas: ['av-avatar'],
  body: avatarBody,
  inputs: (request) => {
    const { script: text, audio, output } = avatarBody.parse(request);
    const behind = output.background?.source?.url;
    return [
      ...(text?.source === undefined ? [] : [{ path: ['script', 'source', 'url'], url: text.source.url }]),
      ...(audio === undefined ? [] : [typedInput(['audio', 'source', 'url'], audio.source.url, audio.mediaType)]),
      ...(behind === undefined ? [] : [{ path: ['output', 'background', 'source', 'url'], url: behind }]),
    ];
  },
  prompt: (request) => avatarBody.parse(request).script?.text ?? '',
  outputs: () => [{ mediaType: 'video/mp4', target: { kind: 'hosted' }, label: 'an avatar' }],
  slowness: 10,
  statusPath: '/v1/status/{jobId}',
  accept,
  status: statusOfOne,
};
