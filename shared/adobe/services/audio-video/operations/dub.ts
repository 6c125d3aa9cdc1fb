import * as z from 'zod';
import { followedAcceptance } from '../../acceptance.ts';
import { asFields, asList } from '../../body-fields.ts';
import { defineOperation, type RuleFinding } from '../../operation.ts';
import { localeCode, oneRecording, recording, source } from '../fields.ts';
import { filesByLocale } from '../results.ts';

const checkLanguages = ({ targetLocaleCodes, transcripts }: Readonly<Record<string, unknown>>): RuleFinding[] => {
  const locales = asList(targetLocaleCodes);
  const texts = asList(transcripts);
  if (locales.length === 0) {
    return texts.length > 0
      ? []
      : [{ path: ['targetLocaleCodes'], message: 'field required, or transcripts in its place' }];
  }
  // One transcript without a locale is that of the recording, edited, which Adobe translates.
  const isTranslated = texts.length > 1 || texts.some((text) => asFields(text)['localeCode'] !== undefined);
  return isTranslated
    ? [{ path: ['targetLocaleCodes'], message: 'not supported together with transcripts that are translated already' }]
    : [];
};

/** Adobe: `POST /v1/dub`: an audio or a video in other languages. */
export const dub = defineOperation({
  name: 'audio-video/dub',
  title: 'Dub an audio or a video into other languages',
  path: '/v1/dub',
  lane: 'av-dub',
  body: () =>
    z.strictObject({
      ...recording(),
      targetLocaleCodes: z.array(localeCode()).optional(),
      transcripts: z.array(z.strictObject({ source: source(), localeCode: localeCode().optional() })).optional(),
      lipSync: z.boolean().optional(),
    }),
  rules: (fields) => [...oneRecording(fields), ...checkLanguages(fields)],
  warnings: (body) => {
    const { audio, lipSync } = asFields(body);
    return audio !== undefined && lipSync !== undefined
      ? ['Adobe documents lipSync for videos only; it is passed on unchanged.']
      : [];
  },
  // A track and a transcript for each locale, and a video besides if the input is one.
  countOutputs: () => undefined,
  accepts: followedAcceptance,
  result: filesByLocale,
  // Adobe: lips take about ten times the length of the video, which has up to half an hour.
  polling: { firstPollSeconds: 30, pollCeilingSeconds: 60, timeoutSeconds: 21_600 },
});
