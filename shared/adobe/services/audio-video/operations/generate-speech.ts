import * as z from 'zod';
import { followedAcceptance } from '../../acceptance.ts';
import { listedIn } from '../../list.ts';
import { defineOperation } from '../../operation.ts';
import { id } from '../fields.ts';
import { voices } from '../lists.ts';
import { oneFile } from '../results.ts';
import { checkScript, script } from '../script.ts';

/** Adobe: `POST /v1/generate-speech`: a text as speech, in about twice the time that it takes to say it. */
export const generateSpeech = defineOperation({
  name: 'audio-video/generate-speech',
  title: 'Generate speech from a text',
  path: '/v1/generate-speech',
  lane: 'av-speech',
  promptFields: ['script.text'],
  body: () =>
    z.strictObject({
      script: script(),
      voiceId: listedIn(voices, id()),
      output: z.strictObject({ mediaType: z.literal('audio/wav') }),
    }),
  rules: ({ script: given }) => (given === undefined ? [] : checkScript(given)),
  accepts: followedAcceptance,
  result: oneFile('audio/wav'),
  polling: { firstPollSeconds: 10, pollCeilingSeconds: 30, timeoutSeconds: 7_200 },
});
