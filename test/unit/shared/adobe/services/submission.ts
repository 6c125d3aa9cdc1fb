import { afterAll, beforeAll } from 'vitest';
import { generateImages } from '#shared/adobe/services/firefly/operations/generate-images.ts';
import { type SubmitOutcome, submit } from '#shared/adobe/services/submit.ts';
import { testToken } from '#test/fixtures/access-token.ts';
import { type FakeAdobe, type ScriptedAnswer, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';

/** The path at which Firefly generates images. */
export const path = '/v3/images/generate-async';
/** The time at which all requests are submitted, in ms since the epoch. */
export const now = Date.UTC(2026, 0, 15, 12);
/** The token of all requests. */
export const token = testToken();

/** The outcome of a generation that is submitted to a base URL, with a time-out in ms. */
export const submitTo = (baseUrl: string, timeoutMs?: number): Promise<SubmitOutcome> =>
  submit(
    generateImages,
    { baseUrl, body: '{"prompt":"a cat"}', modelVersion: 'image4_ultra', requestId: 'job-1', timeoutMs },
    token,
    () => now,
  );

/** A made-up Adobe for the tests of a file, and the outcome of a generation that it answers as given. */
export const useFakeFirefly = () => {
  let adobe: FakeAdobe;
  beforeAll(async () => {
    adobe = await startFakeAdobe();
  });
  afterAll(() => adobe.close());
  return {
    adobe: () => adobe,
    submitFor: (answer: ScriptedAnswer, timeoutMs?: number): Promise<SubmitOutcome> => {
      adobe.script('POST', path, answer);
      return submitTo(adobe.url, timeoutMs);
    },
  };
};
