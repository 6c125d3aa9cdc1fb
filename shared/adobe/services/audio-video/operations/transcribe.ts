import * as z from 'zod';
import { followedAcceptance } from '../../acceptance.ts';
import { asList } from '../../body-fields.ts';
import { defineOperation } from '../../operation.ts';
import { localeCode, oneRecording, recording } from '../fields.ts';
import { filesByLocale } from '../results.ts';

/** Adobe: `POST /v1/transcribe`: what is said in an audio or a video, translated if it asks for other languages. */
export const transcribe = defineOperation({
  name: 'audio-video/transcribe',
  title: 'Transcribe and translate what is said',
  path: '/v1/transcribe',
  lane: 'av-transcribe',
  body: () =>
    z.strictObject({
      ...recording(),
      targetLocaleCodes: z.array(localeCode()).optional(),
      captions: z.strictObject({ targetFormats: z.array(z.literal('SRT')).optional() }).optional(),
    }),
  rules: (fields) => {
    const findings = oneRecording(fields);
    // The language of the recording is known to Adobe alone, but two of them cannot both be it.
    return fields['captions'] !== undefined && asList(fields['targetLocaleCodes']).length > 1
      ? [
          ...findings,
          {
            path: ['captions'],
            message: 'not supported together with a translation: name one locale, that of the recording',
          },
        ]
      : findings;
  },
  // One for each locale, and its captions.
  countOutputs: () => undefined,
  accepts: followedAcceptance,
  result: filesByLocale,
  polling: { firstPollSeconds: 15, pollCeilingSeconds: 60, timeoutSeconds: 7_200 },
});
