import type { AdobeService } from '../service.ts';
import { audioVideoDialect } from './dialect.ts';
import { inputDomains, inputTypes } from './fields.ts';
import { audioVideoLists } from './lists.ts';
import { describeTemplate } from './operations/describe-template.ts';
import { dub } from './operations/dub.ts';
import { generateAvatar } from './operations/generate-avatar.ts';
import { generateSpeech } from './operations/generate-speech.ts';
import { reframe } from './operations/reframe.ts';
import { reframeV2 } from './operations/reframe-v2.ts';
import { renderTemplate } from './operations/render-template.ts';
import { transcribe } from './operations/transcribe.ts';
import { renderJobs } from './render-jobs.ts';

const perMinute = (hard: number) => [{ seconds: 60, hard }];

/** Adobe Audio/Video: speech, dubs, transcripts, avatars, reframed and rendered videos (Adobe: `audio-video-api.adobe.io`). */
export const audioVideo: AdobeService = {
  id: 'audio-video',
  title: 'Audio/Video',
  baseUrl: 'https://audio-video-api.adobe.io',
  scopes: ['openid', 'AdobeID', 'firefly_api', 'ff_apis', 'firefly_enterprise'],
  product: 'Firefly Services - Audio/Video API',
  // Adobe: limits per organization. None is printed for templates: a cautious one.
  lanes: [
    { name: 'av-speech', windows: perMinute(10) },
    { name: 'av-transcribe', windows: perMinute(5) },
    { name: 'av-dub', windows: perMinute(5), requestsPerDay: 150 },
    { name: 'av-reframe', windows: perMinute(2) },
    { name: 'av-avatar', windows: perMinute(5) },
    { name: 'av-templates', windows: perMinute(5) },
    { name: 'av-status', windows: perMinute(100) },
  ],
  // One limit for the polls of all jobs.
  polls: { lane: 'av-status' },
  accessPath: '/v1/voices',
  inputs: 'presigned-get',
  inputDomains,
  inputTypes,
  maxInputBytes: 10 * 1024 ** 3,
  outputs: 'hosted',
  dialect: audioVideoDialect,
  statusPath: '/v1/status/{jobId}',
  operations: [generateSpeech, transcribe, dub, reframe, reframeV2, generateAvatar, describeTemplate, renderTemplate],
  lists: audioVideoLists,
  jobLists: [renderJobs],
};
