import * as z from 'zod';
import { once } from '../../../once.ts';
import { exactlyOne } from '../body-fields.ts';
import { artworkTypes, fontTypes, type InputTypes } from '../input-types.ts';
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
export const localeCode = once(() =>
  z.enum([
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
  ]),
);

/** A file that Adobe fetches. */
export const source = once(() => z.strictObject({ url: z.string().min(1) }));

/** Where Adobe writes a file: a presigned PUT. */
export const destination = once(() => z.strictObject({ url: z.url({ protocol: /^https$/ }) }));

/** An id out of one of the service's lists. */
export const id = once(() => z.string().min(1));

const audioTypes = ['audio/mp3', 'audio/wav', 'audio/mpeg', 'audio/x-m4a', 'audio/aac'] as const;
const videoTypes = ['video/mp4', 'video/mov', 'video/quicktime', 'video/x-msvideo', 'video/x-matroska'] as const;
const imageTypes = ['image/jpeg', 'image/png', 'image/gif'] as const;

/** Adobe: what it takes in each place of its requests. */
export const inputTypes: InputTypes = {
  audio: audioTypes,
  video: videoTypes,
  script: ['text/plain'],
  'transcripts[]': ['text/plain', 'application/json', 'application/x-subrip'],
  'output.background': [...imageTypes, ...videoTypes],
  'overlays[]': imageTypes,
  'composition.overlays[]': [...imageTypes, ...videoTypes],
  source: ['application/zip'],
  'fonts[]': fontTypes,
  'assets[]': [...imageTypes, ...artworkTypes, ...videoTypes, ...audioTypes, 'text/csv', 'application/json'],
  'presets[]': ['application/xml', 'text/plain'],
};

const audio = once(() => z.strictObject({ source: source(), mediaType: z.enum(audioTypes) }));

const video = once(() =>
  z.strictObject({
    source: source(),
    mediaType: z.enum(videoTypes),
    metadata: z.strictObject({ dialogTrackNumber: z.int().optional() }).optional(),
  }),
);

/** What transcribe and dub listen to: one of the two. */
export const recording = once(() => ({ audio: audio().optional(), video: video().optional() }));

/** Adobe: a recording is an audio or a video, not both. */
export const oneRecording = (fields: Readonly<Record<string, unknown>>): RuleFinding[] =>
  exactlyOne(fields, ['audio', 'video']);
