import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';

const queue = z.object({ lanes: z.array(z.object({ lane: z.string(), pauses: z.array(z.looseObject({})) })) });

const windowSeconds = 10;
const limit = 4;
const jobs = 6;

// The default is 100 a minute: so many polls would take the test long.
const windows = [{ seconds: windowSeconds, hard: limit }];

describe('Audio/Video', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({
      ...withoutPictures,
      services: ['audio-video'],
      settings: {
        ...withoutPictures.settings,
        services: { firefly: {}, 'audio-video': { lanes: { 'av-status': { windows } } } },
      },
      simulator: {
        ...withoutPictures.simulator,
        generationMs: 2_000,
        quotas: { 'av-status': { windows: [{ seconds: windowSeconds, limit }] } },
      },
    });
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

  it('polls all jobs together within one limit, and every job ends', async () => {
    const ids = await Promise.all(Array.from({ length: jobs }, speak));
    const ended = await Promise.all(ids.map((jobId) => gateway.until(jobId, undefined, 90_000)));
    expect(ended.map(({ status }) => status)).toEqual(ended.map(() => 'succeeded'));
    const polls = requests().filter(({ path }) => path.startsWith('/v1/status/'));
    expect(polls.length).toBeGreaterThanOrEqual(jobs);
    expect(polls.map(({ status }) => status)).toEqual(polls.map(() => 200));
  });

  it('pauses by itself where a right is missing: no token is at fault, and Firefly goes on', async () => {
    const body = { error_code: 'unauthorized_forbidden', message: 'Access Denied' };
    gateway.stack.simulator?.faults.add({
      ...{ fault: 'answer', service: 'audio-video', method: 'POST', path: '/v1/generate-speech' },
      ...{ status: 401, body },
    });
    const before = requests().length;
    const waiting = await speak();
    await vi.waitFor(async () => expect(await readPaused()).toContain('av-speech'), { timeout: 20_000, interval: 500 });
    expect(
      requests()
        .slice(before)
        .map(({ status }) => status),
    ).toEqual([401]);
    expect(await readPaused()).not.toContain('firefly');
    expect(await gateway.until(await gateway.submit({ prompt: 'a cat' }))).toMatchObject({ status: 'succeeded' });
    expect(await gateway.record(waiting)).toMatchObject({ status: 'queued' });
  });

  const readPaused = async (): Promise<string[]> => {
    const { lanes } = queue.parse(await (await gateway.call('/queue')).json());
    return lanes.filter(({ pauses }) => pauses.length > 0).map(({ lane }) => lane);
  };
});
