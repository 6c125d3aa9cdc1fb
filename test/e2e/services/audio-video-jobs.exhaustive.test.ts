import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Fault } from '#local/simulator/faults/definitions.ts';
import { makeFile } from '#local/simulator/service/files.ts';
import { findOperation } from '#shared/adobe/services/registry.ts';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';
import { createServiceCalls, type ServiceCalls } from '#test/fixtures/service-calls.ts';

const pathOf = (name: string): string => findOperation(`audio-video/${name}`)?.path ?? '';

const findUrls = (status: unknown): string[] =>
  [...JSON.stringify(status).matchAll(/"url":"([^"]+)"/g)].map(([, url = '']) => url);
const hashOf = async (url: string): Promise<string> =>
  createHash('sha256')
    .update(Buffer.from(await (await fetch(url)).arrayBuffer()))
    .digest('hex');

const acceptance = z.looseObject({ jobId: z.uuid(), statusUrl: z.url(), cancelUrl: z.url().optional() });

const wav = { mediaType: 'audio/wav' };
const spoken = { mediaType: 'text/plain', localeCode: 'en-US' };
const script = { ...spoken, text: 'A text of fifteen or more characters.' };
const speech = { script, voiceId: 'v123', output: wav };
const square = { aspectRatio: { x: 1, y: 1 } };
const headline = (text: string) => ({ variables: [{ variableId: 'headline', text }] });

describe('Audio/Video', () => {
  let gateway: Gateway;
  let calls: ServiceCalls;
  const files: Record<string, { url: string }> = {};
  beforeAll(async () => {
    gateway = await startGateway({ ...withoutPictures, services: ['audio-video'] });
    calls = createServiceCalls(gateway);
    const types = { wav: 'audio/wav', mp4: 'video/mp4', txt: 'text/plain', mogrt: 'application/zip' };
    for (const [extension, mediaType] of Object.entries(types)) {
      const { whole } = await makeFile({ mediaType, target: { kind: 'hosted' } }, { draw: noPictures }, null);
      files[extension] = { url: await calls.putInput(`in.${extension}`, whole) };
    }
  });
  afterAll(() => gateway?.close());

  const noPictures = () => Promise.reject(new Error('There are no pictures here.'));
  const add = (fault: Fault) => gateway.stack.simulator?.faults.add({ service: 'audio-video', ...fault });
  const audio = () => ({ source: files['wav'], mediaType: 'audio/wav' });
  const video = () => ({ source: files['mp4'], mediaType: 'video/mp4' });

  it.concurrent.each<[name: string, makeBody: () => object, types: string[]]>([
    ['generate-speech', () => speech, ['audio/wav']],
    ['generate-speech', () => ({ ...speech, script: { ...spoken, source: files['txt'] } }), ['audio/wav']],
    ['generate-avatar', () => ({ ...speech, avatarId: 'a321', output: { mediaType: 'video/mp4' } }), ['video/mp4']],
    [
      'transcribe',
      () => ({ audio: audio(), captions: { targetFormats: ['SRT'] } }),
      ['application/json', 'application/x-subrip'],
    ],
    [
      'dub',
      () => ({ video: video(), targetLocaleCodes: ['es-ES'], lipSync: true }),
      ['audio/wav', 'video/mp4', 'application/json'],
    ],
    [
      'reframe',
      () => ({ video: video(), outputConfig: { aspectRatios: ['1:1', '9:16'] } }),
      ['video/mp4', 'video/mp4'],
    ],
    [
      'reframe-v2',
      () => ({
        video: { source: files['mp4'] },
        output: { renditions: [square, { resolution: { width: 640, height: 360 } }] },
      }),
      ['video/mp4', 'video/mp4'],
    ],
    [
      'render-template',
      () => ({ source: files['mogrt'], variations: [headline('One'), headline('Two')] }),
      ['video/mp4', 'video/mp4'],
    ],
  ])('%s: from HTTP to bytes in S3, in the shape of Adobe', async (name, makeBody, types) => {
    const { job, status } = await calls.run(pathOf(name), makeBody());
    expect(job).toMatchObject({ status: 'succeeded', operation: `audio-video/${name}` });
    expect(job.outputs.map(({ contentType }) => contentType)).toEqual(types);
    expect(status).toMatchObject({ jobId: job.jobId, status: 'succeeded' });
    expect(await Promise.all(findUrls(status).map(hashOf))).toEqual(job.outputs.map(({ sha256 }) => sha256));
  });

  it.concurrent('describes a template in the answer itself, and stores the description', async () => {
    const { job, status } = await calls.run(pathOf('describe-template'), { source: files['mogrt'] });
    expect(job).toMatchObject({ status: 'succeeded', outputs: [{ contentType: 'application/json' }] });
    expect(status['output']).toMatchObject({ fonts: [{ uploadRequired: false }], elements: [{ type: 'mogrt' }] });
  });

  it.concurrent('takes lines of a batch, one of which goes on from the output of an earlier job', async () => {
    const { job } = await calls.run(pathOf('generate-speech'), speech);
    const said = { source: { url: `job:${job.jobId}/0` }, mediaType: 'audio/wav' };
    const report = await calls.runBatch([
      { id: 'said', operation: 'audio-video/transcribe', body: { audio: said } },
      { id: 'wrong', operation: 'audio-video/transcribe', body: { audio: said, video: said } },
    ]);
    expect(report).toMatchObject([
      { id: 'said', state: 'succeeded', outputs: [expect.stringContaining('.json')] },
      { id: 'wrong', state: 'rejected' },
    ]);
  });

  it('keeps the good tracks of a dub of which a locale fails, and the error in its place', async () => {
    const [code, message] = ['audio_speech_not_detected', 'Nobody speaks.'];
    add({ fault: 'job', path: '/v1/dub', failedOutputs: 1, errorCode: code, message, times: 1 });
    const dub = { audio: audio(), targetLocaleCodes: ['fr-FR', 'es-ES'] };
    const { job, status } = await calls.run(pathOf('dub'), dub);
    expect(job).toMatchObject({ status: 'partially_succeeded', errors: [{ index: 0, code, message }] });
    expect(job.outputs.map(({ contentType }) => contentType)).toEqual(['audio/wav', 'application/json']);
    expect(status).toMatchObject({
      status: 'partially_succeeded',
      outputs: [
        { localeCode: 'fr-FR', error: { error_code: code, message } },
        { localeCode: 'es-ES', audio: { mediaType: 'audio/wav', destination: {} }, transcript: { destination: {} } },
      ],
    });
    expect(await Promise.all(findUrls(status).map(hashOf))).toEqual(job.outputs.map(({ sha256 }) => sha256));
  });

  it('fails a job with the code of the locale that failed', async () => {
    add({ fault: 'job', path: '/v1/transcribe', failedOutputs: 1, errorCode: 'language_not_supported', times: 1 });
    const { job, status } = await calls.run(pathOf('transcribe'), { audio: audio() });
    expect(job).toMatchObject({ status: 'failed', error: { code: 'language_not_supported' } });
    expect(status).toMatchObject({ status: 'failed', error_code: 'language_not_supported' });
  });

  it('fails a job whose input is not what the request says, as Adobe finds out afterwards', async () => {
    const { job } = await calls.run(pathOf('dub'), {
      audio: { ...audio(), mediaType: 'audio/mpeg' },
      targetLocaleCodes: ['es-ES'],
    });
    expect(job).toMatchObject({ status: 'failed', error: { code: 'validation_error' } });
  });

  it('cancels a render at Adobe, which knows no cancel of other jobs', async () => {
    add({ fault: 'job', generationMs: 600_000, times: 2 });
    const accept = async (name: string, body: object) => acceptance.parse((await calls.post(pathOf(name), body)).body);
    const render = await accept('render-template', { source: files['mogrt'], variations: [headline('Three')] });
    const talk = await accept('generate-speech', speech);
    expect(talk.cancelUrl).toBeUndefined();
    await Promise.all([render, talk].map(({ jobId }) => gateway.until(jobId, ['running'])));
    const cancelled = await gateway.call(render.cancelUrl ?? '', { method: 'PUT' });
    expect(cancelled.status).toBe(202);
    expect(await cancelled.json()).toEqual({ jobId: render.jobId, status: 'canceling' });
    expect((await gateway.call(`/jobs/${talk.jobId}/cancel`, { method: 'PUT' })).status).toBe(409);
    expect(await gateway.until(render.jobId)).toMatchObject({ status: 'cancelled' });
    expect(await calls.get(render.statusUrl)).toMatchObject({ status: 'canceled' });
    expect(await calls.get('/v1/templates/render-jobs?status=canceled')).toMatchObject({
      jobs: [{ jobId: render.jobId }],
    });
  });

  it.each<[string, object, string]>([
    ['generate-speech', { ...speech, script: { ...spoken, text: 'Too short' } }, 'script.text'],
    ['transcribe', { audio: { ...wav, source: { url: 'https://notamazonaws.com/a.wav' } } }, 'audio.source.url'],
  ])('refuses %s %j by the name of the field, in the words of the service', async (name, body, field) => {
    const refused = await calls.post(pathOf(name), body);
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ error_code: 'validation_error', message: expect.stringContaining(field) });
  });

  it('lists what can be chosen from, and says how old the list is', async () => {
    expect((await gateway.call('/v1/voices')).headers.get('age')).toBe('0');
    expect(await calls.get('/v1/voices')).toMatchObject({ voices: [{ voiceId: 'v123' }] });
    expect(await calls.get('/v1/avatars')).toMatchObject({ avatars: [{ avatarId: 'a321' }] });
    expect(await calls.get('/v1/presets')).toMatchObject({ items: [{ codec: 'H.264' }] });
  });
});
