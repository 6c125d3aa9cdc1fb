import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { makeFile } from '#local/simulator/service/files.ts';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';
import { createServiceCalls, type ServiceCalls } from '#test/fixtures/service-calls.ts';

const queue = z.object({ lanes: z.array(z.object({ lane: z.string(), pauses: z.array(z.looseObject({})) })) });

const windowSeconds = 10;
const limit = 4;
const jobs = 6;

// The default is 100 a minute: so many polls would take the test long.
const windows = [{ seconds: windowSeconds, hard: limit }];

describe('Audio/Video', () => {
  let gateway: Gateway;
  let calls: ServiceCalls;
  beforeAll(async () => {
    gateway = await startGateway({
      ...withoutPictures,
      services: ['audio-video'],
      settings: {
        ...withoutPictures.settings,
        services: {
          firefly: {},
          'audio-video': {
            lanes: { 'av-status': { windows } },
            operations: {
              'audio-video/reframe-v2': { outputs: 'destination', firstPollSeconds: 1, pollCeilingSeconds: 1 },
            },
          },
        },
      },
      simulator: {
        ...withoutPictures.simulator,
        generationMs: 2_000,
        quotas: { 'av-status': { windows: [{ seconds: windowSeconds, limit }] } },
      },
    });
    calls = createServiceCalls(gateway);
  });
  afterAll(() => gateway?.close());

  const accept = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const response = await gateway.call(path, { method: 'POST', headers, body: JSON.stringify(body) });
    return z.object({ jobId: z.uuid() }).parse(await response.json()).jobId;
  };
  const speak = () =>
    accept('/v1/generate-speech', {
      script: { text: 'A text of fifteen or more characters.', mediaType: 'text/plain', localeCode: 'en-US' },
      voiceId: 'v123',
      output: { mediaType: 'audio/wav' },
    });
  const requests = () => (gateway.stack.simulator?.requests() ?? []).filter(({ service }) => service === 'audio-video');

  it('polls all jobs together within one limit, and every job ends', { timeout: 300_000 }, async () => {
    const ids = await Promise.all(Array.from({ length: jobs }, speak));
    const ended = await Promise.all(ids.map((jobId) => gateway.until(jobId, undefined, 240_000)));
    expect(ended.map(({ status }) => status)).toEqual(ended.map(() => 'succeeded'));
    const polls = requests().filter(({ path }) => path.startsWith('/v1/status/'));
    expect(polls.length).toBeGreaterThanOrEqual(jobs);
    expect(polls.map(({ status }) => status)).toEqual(polls.map(() => 200));
  });

  it('tells Adobe no destination of a caller, and keeps the output where it cannot be written to one', {
    timeout: 300_000,
  }, async () => {
    const destination = 'https://127.0.0.1/first.mp4?X-Amz-Signature=1';
    const template = await makeFile(
      { mediaType: 'application/zip', target: { kind: 'hosted' } },
      { draw: noPictures },
      null,
    );
    const jobId = await accept('/v1/templates/render', {
      source: { url: await calls.putInput('in.mogrt', template.whole) },
      variations: [{ variables: [] }],
      outputs: [{ variationIndex: 0, presetIndex: 0, destination }],
    });
    // The gateway tries for a while.
    const job = await gateway.until(jobId, undefined, 240_000);
    expect(job).toMatchObject({ status: 'succeeded', outputs: [{ contentType: 'video/mp4' }] });
    expect(JSON.stringify(job['warnings'])).toContain('destination');
    expect(JSON.stringify(job['warnings'])).not.toContain('X-Amz-Signature');
    const { request } = gateway.stack.simulator?.services['audio-video']?.jobs().at(-1) ?? {};
    expect(JSON.stringify(request)).toContain('in.mogrt');
    expect(JSON.stringify(request)).not.toContain('first.mp4');
  });

  it('finds the outputs of a request whose answer was lost where it wanted them, and sends it only once', async () => {
    gateway.stack.simulator?.faults.add({
      ...{ fault: 'drop', effect: 'done', service: 'audio-video', method: 'POST', path: '/v2/reframe', times: 1 },
    });
    const video = await makeFile({ mediaType: 'video/mp4', target: { kind: 'hosted' } }, { draw: noPictures }, null);
    const { job, status } = await calls.run('/v2/reframe', {
      video: { source: { url: await calls.putInput('in.mp4', video.whole) } },
      output: { renditions: [{ aspectRatio: { x: 1, y: 1 } }, { aspectRatio: { x: 9, y: 16 } }] },
    });
    expect(job).toMatchObject({
      status: 'succeeded',
      outputs: [{ contentType: 'video/mp4' }, { contentType: 'video/mp4' }],
    });
    expect(status).toMatchObject({ outputs: [{ destination: { url: expect.any(String) } }, { destination: {} }] });
    expect(requests().filter(({ path }) => path === '/v2/reframe')).toHaveLength(1);
  });

  it('pauses by itself where a right is missing: no token is at fault, and Firefly goes on', async () => {
    const body = { error_code: 'unauthorized_forbidden', message: 'Access Denied' };
    gateway.stack.simulator?.faults.add({
      ...{ fault: 'answer', service: 'audio-video', method: 'POST', path: '/v1/generate-speech' },
      ...{ status: 401, body },
    });
    const before = requests().length;
    const waiting = await speak();
    await vi.waitFor(async () => expect(await readPaused()).toContain('av-speech'), {
      timeout: 120_000,
      interval: 500,
    });
    expect(
      requests()
        .slice(before)
        .map(({ status }) => status),
    ).toEqual([401]);
    expect(await readPaused()).not.toContain('firefly');
    expect(await gateway.until(await gateway.submit({ prompt: 'a cat' }))).toMatchObject({ status: 'succeeded' });
    // It goes back into the queue after the pause.
    await gateway.until(waiting, ['queued']);
  });

  const noPictures = () => Promise.reject(new Error('There are no pictures here.'));
  const readPaused = async (): Promise<string[]> => {
    const { lanes } = queue.parse(await (await gateway.call('/queue')).json());
    return lanes.filter(({ pauses }) => pauses.length > 0).map(({ lane }) => lane);
  };
});
