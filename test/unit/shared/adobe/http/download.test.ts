import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DownloadError, openDownload } from '#shared/adobe/http/download.ts';
import { createAllowList } from '#shared/adobe/http/hosts.ts';
import { type FakeAdobe, type ScriptedAnswer, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';

let storage: FakeAdobe;
let elsewhere: FakeAdobe;
beforeAll(async () => {
  [storage, elsewhere] = await Promise.all([startFakeAdobe(), startFakeAdobe()]);
});
afterAll(() => Promise.all([storage.close(), elsewhere.close()]));

const open = (path: string, timeoutMs = 60_000) =>
  openDownload(storage.url + path, createAllowList([storage.url]), timeoutMs);

const refusalOf = async (answer: ScriptedAnswer): Promise<string> => {
  storage.script('GET', '/refused', answer);
  const error = await open('/refused').then(
    () => undefined,
    (refused: unknown) => refused,
  );
  if (error instanceof DownloadError) return error.reason;
  throw new Error('The download was not refused.');
};

it('streams the bytes with their type, and sends no token', async () => {
  const bytes = Buffer.from(Array.from({ length: 1_000 }, (_, index) => index % 256));
  storage.script('GET', '/0.jpg?X-Amz-Signature=a%2Fb', {
    status: 200,
    headers: { 'content-type': 'image/jpeg' },
    body: bytes,
  });
  const { stream, contentType } = await open('/0.jpg?X-Amz-Signature=a%2Fb');
  expect(contentType).toBe('image/jpeg');
  expect(await buffer(stream)).toEqual(bytes);
  const sent = storage.asked('GET', '/0.jpg?X-Amz-Signature=a%2Fb')[0]?.headers;
  expect(Object.keys(sent ?? {})).not.toContain('authorization');
  expect(Object.keys(sent ?? {})).not.toContain('x-api-key');
});

describe('a redirect', () => {
  it('is followed on an allowed host', async () => {
    storage.script('GET', '/moved', { status: 302, headers: { location: '/there' } });
    storage.script('GET', '/there', { status: 200, body: 'picture' });
    expect((await buffer((await open('/moved')).stream)).toString()).toBe('picture');
  });

  it('to another host is not followed', async () => {
    const reason = await refusalOf({ status: 302, headers: { location: `${elsewhere.url}/there` } });
    expect(reason).toBe('host_not_allowed');
    expect(elsewhere.seen).toEqual([]);
  });

  it('is not followed for ever', async () => {
    storage.script('GET', '/circle', { status: 302, headers: { location: '/circle' } });
    await expect(open('/circle')).rejects.toMatchObject({ reason: 'unavailable' });
    expect(storage.asked('GET', '/circle').length).toBeLessThan(10);
  });
});

it('does not ask a host that is not allowed', async () => {
  await expect(openDownload(`${elsewhere.url}/0`, createAllowList([storage.url]), 1_000)).rejects.toMatchObject({
    reason: 'host_not_allowed',
  });
  expect(elsewhere.seen).toEqual([]);
});

describe('an answer without the bytes', () => {
  it.each([400, 403, 404, 410])('HTTP %i: the URL has expired', async (status) => {
    expect(await refusalOf({ status })).toBe('expired');
  });

  it.each([204, 304, 408, 429, 500, 503])('HTTP %i: another try may help', async (status) => {
    expect(await refusalOf({ status })).toBe('unavailable');
  });

  it('a lost connection: another try may help', async () => {
    expect(await refusalOf({ fault: 'reset' })).toBe('unavailable');
  });
});

describe('a download that breaks', () => {
  it('ends with an error, never as a short file', async () => {
    storage.script('GET', '/cut', { fault: 'cut' });
    await expect(open('/cut').then(({ stream }) => buffer(stream))).rejects.toThrow();
  });

  it('ends at the time-out, which covers its whole length', async () => {
    storage.script('GET', '/stalled', { fault: 'stall' });
    await expect(open('/stalled', 200).then(({ stream }) => buffer(stream))).rejects.toThrow();
  });
});
