import { createHash } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { localClients } from '#local/clients.ts';
import type { Fault } from '#local/simulator/faults/definitions.ts';
import { makeFile } from '#local/simulator/service/files.ts';
import { stackNames } from '#local/stack-settings.ts';
import { findOperation } from '#shared/adobe/services/registry.ts';
import { uploadsFolder } from '#shared/deployment/bucket.ts';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';

const folder = uploadsFolder('local');
const source = (name: string) => ({ url: `s3://${stackNames.bucket}/${folder}${name}` });

const acceptance = z.looseObject({ jobId: z.uuid(), statusUrl: z.url(), cancelUrl: z.url().optional() });

describe('Audio/Video', () => {
  let gateway: Gateway;
  let s3: ReturnType<typeof localClients>['s3'];
  beforeAll(async () => {
    gateway = await startGateway({
      ...withoutPictures,
      services: ['audio-video'],
    });
    s3 = localClients(gateway.stack.description).s3;
    const files = {
      'in.wav': 'audio/wav',
      'in.mp4': 'video/mp4',
      'in.txt': 'text/plain',
      'in.mogrt': 'application/zip',
    };
    for (const [name, mediaType] of Object.entries(files)) {
      const { whole } = await makeFile({ mediaType, target: { kind: 'hosted' } }, { draw: () => unused() }, null);
      await s3.send(new PutObjectCommand({ Bucket: stackNames.bucket, Key: `${folder}${name}`, Body: whole }));
    }
  });
  afterAll(async () => {
    s3.destroy();
    await gateway?.close();
  });

  const unused = () => Promise.reject(new Error('There are no pictures here.'));

  const post = async (name: string, body: object) => {
    const response = await gateway.call(findOperation(`audio-video/${name}`)?.path ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  const accept = async (name: string, body: object) => {
    const answer = await post(name, body);
    expect(answer).toMatchObject({ status: 202 });
    return acceptance.parse(answer.body);
  };
  const statusOf = async (url: string) =>
    z.looseObject({ status: z.string() }).parse(await (await gateway.call(url)).json());
  const findUrls = (status: unknown) =>
    [...JSON.stringify(status).matchAll(/"url":"([^"]+)"/g)].map(([, url = '']) => url);
  const hashOf = async (url: string) =>
    createHash('sha256')
      .update(Buffer.from(await (await fetch(url)).arrayBuffer()))
      .digest('hex');
  const add = (fault: Fault) => gateway.stack.simulator?.faults.add({ service: 'audio-video', ...fault });

  const spoken = { mediaType: 'text/plain', localeCode: 'en-US' };
  const script = { ...spoken, text: 'A text of fifteen or more characters.' };
  const wav = { mediaType: 'audio/wav' };
  const audio = { source: source('in.wav'), mediaType: 'audio/wav' };
  const video = { source: source('in.mp4'), mediaType: 'video/mp4' };
  const square = { aspectRatio: { x: 1, y: 1 } };
  const headline = (text: string) => ({ variables: [{ variableId: 'headline', text }] });

  it.concurrent.each<[name: string, body: object, types: string[]]>([
    ['generate-speech', { script, voiceId: 'v123', output: wav }, ['audio/wav']],
    [
      'generate-speech',
      { script: { ...spoken, source: source('in.txt') }, voiceId: 'v123', output: wav },
      ['audio/wav'],
    ],
    [
      'generate-avatar',
      { script, voiceId: 'v123', avatarId: 'a321', output: { mediaType: 'video/mp4' } },
      ['video/mp4'],
    ],
    ['transcribe', { audio, captions: { targetFormats: ['SRT'] } }, ['application/json', 'application/x-subrip']],
    ['dub', { video, targetLocaleCodes: ['es-ES'], lipSync: true }, ['audio/wav', 'video/mp4', 'application/json']],
    ['reframe', { video, outputConfig: { aspectRatios: ['1:1', '9:16'] } }, ['video/mp4', 'video/mp4']],
    [
      'reframe-v2',
      {
        video: { source: video.source },
        output: { renditions: [square, { resolution: { width: 640, height: 360 } }] },
      },
      ['video/mp4', 'video/mp4'],
    ],
    [
      'render-template',
      { source: source('in.mogrt'), variations: [headline('One'), headline('Two')] },
      ['video/mp4', 'video/mp4'],
    ],
  ])('%s: from HTTP to bytes in S3, in the shape of Adobe', async (name, body, types) => {
    const { jobId, statusUrl } = await accept(name, body);
    const job = await gateway.until(jobId);
    expect(job).toMatchObject({ status: 'succeeded', operation: `audio-video/${name}` });
    expect(job.outputs.map(({ contentType }) => contentType)).toEqual(types);
    const status = await statusOf(statusUrl);
    expect(status).toMatchObject({ jobId, status: 'succeeded' });
    const hashes = await Promise.all(findUrls(status).map(hashOf));
    expect(hashes).toEqual(job.outputs.map(({ sha256 }) => sha256));
  });

  it.concurrent('describes a template in the answer itself, and stores the description', async () => {
    const { jobId, statusUrl } = await accept('describe-template', { source: source('in.mogrt') });
    const job = await gateway.until(jobId);
    expect(job).toMatchObject({ status: 'succeeded', outputs: [{ contentType: 'application/json' }] });
    const { output } = z.looseObject({ output: z.unknown() }).parse(await statusOf(statusUrl));
    expect(output).toMatchObject({ fonts: [{ uploadRequired: false }], elements: [{ type: 'mogrt' }] });
  });

  it('keeps the good tracks of a dub of which a locale fails, and the error in its place', async () => {
    const [code, message] = ['audio_speech_not_detected', 'Nobody speaks.'];
    add({ fault: 'job', path: '/v1/dub', failedOutputs: 1, errorCode: code, message, times: 1 });
    const { jobId, statusUrl } = await accept('dub', { audio, targetLocaleCodes: ['fr-FR', 'es-ES'] });
    const job = await gateway.until(jobId);
    expect(job).toMatchObject({ status: 'partially_succeeded', errors: [{ index: 0, code, message }] });
    expect(job.outputs.map(({ contentType }) => contentType)).toEqual(['audio/wav', 'application/json']);
    const status = await statusOf(statusUrl);
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
    const { jobId, statusUrl } = await accept('transcribe', { audio });
    expect(await gateway.until(jobId)).toMatchObject({ status: 'failed', error: { code: 'language_not_supported' } });
    expect(await statusOf(statusUrl)).toMatchObject({ status: 'failed', error_code: 'language_not_supported' });
  });

  it('fails a job whose input is not what the request says, as Adobe finds out afterwards', async () => {
    const { jobId } = await accept('transcribe', { audio: { source: source('in.txt'), mediaType: 'audio/wav' } });
    expect(await gateway.until(jobId)).toMatchObject({ status: 'failed', error: { code: 'validation_error' } });
  });

  it('cancels a render at Adobe, which knows no cancel of other jobs', async () => {
    add({ fault: 'job', generationMs: 60_000, times: 2 });
    const render = await accept('render-template', { source: source('in.mogrt'), variations: [headline('Three')] });
    const speech = await accept('generate-speech', { script, voiceId: 'v123', output: wav });
    expect(speech.cancelUrl).toBeUndefined();
    await Promise.all([render, speech].map(({ jobId }) => gateway.until(jobId, ['running'])));
    const cancelled = await gateway.call(render.cancelUrl ?? '', { method: 'PUT' });
    expect(cancelled.status).toBe(202);
    expect(await cancelled.json()).toEqual({ jobId: render.jobId, status: 'canceling' });
    expect((await gateway.call(`/jobs/${speech.jobId}/cancel`, { method: 'PUT' })).status).toBe(409);
    expect(await gateway.until(render.jobId)).toMatchObject({ status: 'cancelled' });
    expect(await statusOf(render.statusUrl)).toMatchObject({ status: 'canceled' });
    gateway.stack.simulator?.faults.clear();
  });

  it('refuses what Adobe would refuse, by its name and in the words of the service', async () => {
    const { status, body } = await post('generate-speech', {
      script: { ...script, text: 'Too short' },
      voiceId: 'v123',
      output: wav,
    });
    expect(status).toBe(422);
    expect(body).toMatchObject({ error_code: 'validation_error', message: expect.stringContaining('script.text') });
  });

  it('lists what can be chosen from, and says how old the list is', async () => {
    const read = async (path: string) => {
      const response = await gateway.call(path);
      return { status: response.status, age: response.headers.get('age'), body: await response.json() };
    };
    expect(await read('/v1/voices')).toMatchObject({ status: 200, age: '0', body: { voices: [{ voiceId: 'v123' }] } });
    expect(await read('/v1/avatars')).toMatchObject({ status: 200, body: { avatars: [{ avatarId: 'a321' }] } });
    expect(await read('/v1/presets')).toMatchObject({ status: 200, body: { items: [{ codec: 'H.264' }] } });
  });
});
