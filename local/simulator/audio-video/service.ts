import type { Limits } from '../rate-limit.ts';
import type { SimulatedService } from '../service/definition.ts';
import { createRefuse, writeErrorCode } from '../service/refusals.ts';
import { dub, transcribe } from './languages.ts';
import { reframe, reframeV2 } from './reframe.ts';
import { routes } from './routes.ts';
import { generateAvatar, generateSpeech } from './speech.ts';
import { describeTemplate, renderTemplate } from './templates.ts';

const perMinute = (limit: number): Limits => ({ windows: [{ seconds: 60, limit }] });

const jobErrors = {
  input_unreachable: ['resource_not_found', 'Failed to download input file'],
  input_type: ['validation_error', 'Provided input mediaType should match the type of source media'],
  input_size: ['validation_error', 'The input is too large'],
  output_unwritable: ['runtime_error', 'Unable to upload the output'],
  internal: ['runtime_error', 'Internal Server Error'],
} as const;

/** `audio-video-api.adobe.io`. Its documentation prints no limit for templates: there is none to exceed here. */
export const audioVideo: SimulatedService = {
  id: 'audio-video',
  title: 'Audio/Video',
  scopes: ['openid', 'AdobeID', 'firefly_api', 'ff_apis'],
  quotas: {
    'av-speech': perMinute(10),
    'av-transcribe': perMinute(5),
    'av-dub': { ...perMinute(5), perDay: 150 },
    'av-reframe': perMinute(2),
    'av-avatar': perMinute(5),
    'av-templates': perMinute(10_000),
    'av-status': perMinute(100),
    'av-voices': perMinute(50),
    'av-avatars': perMinute(50),
  },
  inputDomains: [
    'amazonaws.com',
    'windows.net',
    'dropboxusercontent.com',
    'frame.io',
    'cloudfront.net',
    'drive.google.com',
    'adobe.io',
  ],
  operations: [generateSpeech, generateAvatar, transcribe, dub, reframe, reframeV2, describeTemplate, renderTemplate],
  // One limit for the polls of all jobs.
  statusPaths: [
    { path: '/v1/status/{jobId}', quota: 'av-status' },
    { path: '/v2/status/{jobId}', quota: 'av-status' },
  ],
  routes,
  partialOutputs: 'end_partially',
  refuse: createRefuse(writeErrorCode, { rate_limited: [429, '429050'] }),
  explain: ({ kind }) => {
    const [code, message] = jobErrors[kind];
    return { code, message };
  },
};
