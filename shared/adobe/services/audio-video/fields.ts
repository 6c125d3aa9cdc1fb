import * as z from 'zod';
import { exactlyOne } from '../body-fields.ts';
import type { RuleFinding } from '../operation.ts';

/** Adobe: the domains from which inputs are fetched, and what lies under them. */
export const inputDomains = [
  'amazonaws.com',
  'windows.net',
  'dropboxusercontent.com',
  'frame.io',
  'cloudfront.net',
  'drive.google.com',
  'adobe.io',
] as const;

/** Adobe: the languages of speech, transcripts and dubs. */
export const localeCode = z.enum([
  'da-DK',
  'de-DE',
  'en-GB',
  'en-IN',
  'en-US',
  'es-419',
  'es-AR',
  'es-ES',
  'fr-CA',
  'fr-FR',
  'hi-IN',
  'it-IT',
  'ja-JP',
  'ko-KR',
  'nb-NO',
  'nl-NL',
  'pt-BR',
  'pt-PT',
  'sv-SE',
  'zh-CN',
]);

/** A file that Adobe fetches. */
export const source = z.strictObject({ url: z.string().min(1) });

/** Where Adobe writes a file: a presigned PUT. */
export const destination = z.strictObject({ url: z.url({ protocol: /^https$/ }) });

/** An id out of one of the service's lists. */
export const id = z.string().min(1);

const audio = z.strictObject({
  source,
  mediaType: z.enum(['audio/mp3', 'audio/wav', 'audio/mpeg', 'audio/x-m4a', 'audio/aac']),
});

const video = z.strictObject({
  source,
  mediaType: z.enum(['video/mp4', 'video/mov', 'video/quicktime', 'video/x-msvideo', 'video/x-matroska']),
  metadata: z.strictObject({ dialogTrackNumber: z.int().optional() }).optional(),
});

/** What transcribe and dub listen to: one of the two. */
export const recording = { audio: audio.optional(), video: video.optional() };

/** Adobe: a recording is an audio or a video, not both. */
export const oneRecording = (fields: Readonly<Record<string, unknown>>): RuleFinding[] =>
  exactlyOne(fields, ['audio', 'video']);
