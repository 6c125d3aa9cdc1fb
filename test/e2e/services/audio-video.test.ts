import { createHash } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { localClients } from '#local/clients.ts';
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
  const spoken = { mediaType: 'text/plain', localeCode: 'en-US' };
  const script = { ...spoken, text: 'A text of fifteen or more characters.' };
  const wav = { mediaType: 'audio/wav' };

  it.concurrent.each<[name: string, body: object, types: string[]]>([
    ['generate-speech', { script, voiceId: 'v123', output: wav }, ['audio/wav']],
    [
      'generate-speech',
      { script: { ...spoken, source: source('in.txt') }, voiceId: 'v123', output: wav },
      ['audio/wav'],
    ],
  ])('%s: from HTTP to bytes in S3, in the shape of Adobe', async (name, body, types) => {
    const { jobId, statusUrl } = await accept(name, body);
    const job = await gateway.until(jobId);
    expect(job).toMatchObject({ status: 'succeeded', operation: `audio-video/${name}` });
    expect(job.outputs.map(({ contentType }) => contentType)).toEqual(types);
    const status = await statusOf(statusUrl);
    const urls = [...JSON.stringify(status).matchAll(/"url":"([^"]+)"/g)].map(([, url = '']) => url);
    for (const [index, { sha256 }] of job.outputs.entries()) {
      const bytes = Buffer.from(await (await fetch(urls[index] ?? '')).arrayBuffer());
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
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
