import { expect, it } from 'vitest';
import { summariseRequest } from '#shared/jobs/listing.ts';

it('has the prompt and the seeds of a request', () => {
  expect(summariseRequest('images/generate', { prompt: 'a cat', seeds: [1, 2], numVariations: 2 })).toEqual({
    prompt: 'a cat',
    seeds: [1, 2],
  });
});

it('has 300 characters of the prompt, and never half of one', () => {
  const { prompt = '' } = summariseRequest('images/generate', { prompt: `${'x'.repeat(299)}🐈🐈` });
  expect(prompt).toBe(`${'x'.repeat(299)}🐈`);
});

it('joins the prompts of a request that has several', () => {
  const body = { variations: [{ variables: [{ text: 'Hello' }, { text: ' ' }] }, { variables: [{ text: 'you' }] }] };
  expect(summariseRequest('audio-video/render-template', body)).toEqual({ prompt: 'Hello you', seeds: undefined });
});

it.each([
  ['images/upscale', { image: {}, prompt: 'none of its fields' }],
  ['images/generate', { prompt: '   ', seeds: 'no list' }],
  ['images/generate', null],
  ['of/a-later-version', { prompt: 'a cat', seeds: [1] }],
])('has nothing of what is not there: %s %j', (operation, body) => {
  expect(summariseRequest(operation, body)).toEqual({ prompt: undefined, seeds: undefined });
});
