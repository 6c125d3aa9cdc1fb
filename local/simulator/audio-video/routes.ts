import { json } from '../http/answer.ts';
import type { ServiceJob, ServiceRoute } from '../service/definition.ts';
import { problem } from './fields.ts';
import { renderTemplate } from './templates.ts';

const voices = [
  {
    voiceId: 'v123',
    displayName: 'John',
    gender: 'M',
    style: 'Casual',
    voiceType: 'none',
    status: 'Active',
    extendedPropertyMap: {},
    wordsPerMinute: '100',
    rolePlayList: [],
    sampleURL: 'https://samples.s3.amazonaws.com/v123.wav?X-Amz-Signature=1',
  },
];

const avatars = [
  {
    avatarId: 'a321',
    displayName: 'Alice',
    gender: 'F',
    clothingStyle: 'Formal',
    ageGroup: 'Young Adult',
    status: 'Active',
    voiceId: 'v123',
    extendedPropertyMap: { aspectRatio: { x: 16, y: 9 }, resolution: { width: 1920, height: 1080 } },
  },
];

const presets = [
  {
    presetId: 'ffs_video_api_land_1080p_hq',
    label: 'Landscape 1920x1080 - HQ',
    mediaType: 'video/mp4',
    codec: 'H.264',
    maxFps: { numerator: 30, denominator: 1 },
    bitrateMode: 'vbr',
    alpha: false,
    primaryUsage: 'Web',
  },
];

const isRender = ({ operation }: ServiceJob): boolean => operation === renderTemplate;

const cancel: ServiceRoute['handle'] = (_request, { params: { jobId = '' }, jobs }) => {
  const job = jobs.find(jobId);
  const refuse = (status: number, code: string, what: string) =>
    json(status, problem({ code, message: `Render job ${jobId} ${what}.` }));
  if (job === undefined || !isRender(job)) return refuse(404, 'job_not_found', 'does not exist');
  if (jobs.cancel(job)) return json(202, { jobId, status: 'canceling' });
  return job.phase === 'canceled'
    ? refuse(409, 'job_already_canceled', 'was already canceled')
    : refuse(409, 'job_completed', 'was already completed and cannot be canceled');
};

const listRenders: ServiceRoute['handle'] = (_request, { jobs, base }) => {
  const renders = jobs.all().filter(isRender);
  const items = renders.map(({ jobId, phase, acceptedAt, outputs }) => ({
    jobId,
    status: phase === 'pending' ? 'not_started' : phase,
    totalJobItems: outputs.length,
    createdDate: new Date(acceptedAt).toISOString(),
    statusUrl: `${base}/v1/status/${jobId}`,
  }));
  return json(200, { paging: { totalRecords: items.length }, jobs: items });
};

/** The calls that start no job. */
export const routes: readonly ServiceRoute[] = [
  { method: 'GET', path: '/v1/voices', quota: 'av-voices', handle: () => json(200, { voices }) },
  { method: 'GET', path: '/v1/avatars', quota: 'av-avatars', handle: () => json(200, { avatars }) },
  { method: 'GET', path: '/v1/presets', handle: () => json(200, { items: presets }) },
  { method: 'GET', path: '/v1/templates/render-jobs', handle: listRenders },
  { method: 'PUT', path: '/v1/cancel/{jobId}', handle: cancel },
];
