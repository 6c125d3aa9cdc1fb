import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '#local/simulator/simulator.ts';
import { type Accepted, clientOf, jsonOf, type Status } from './client.ts';
import { createTestClock } from './clock.ts';

describe('outputs', () => {
  const clock = createTestClock();
  let simulator: Simulator;
  let client: ReturnType<typeof clientOf>;
  beforeEach(async () => {
    simulator = await startSimulator({ clock, pendingMs: 0, generationMs: 0, requestsPerMinute: 100 });
    client = clientOf(simulator);
  });
  afterEach(() => simulator.close());

  const outputUrl = async (body: object = {}): Promise<string> => {
    const size = { width: 96, height: 64 };
    const { statusUrl } = await jsonOf<Accepted>(await client.generate({ prompt: 'a <cat> & "dog"', size, ...body }));
    const { result } = await jsonOf<Status>(await client.get(statusUrl));
    return result?.outputs[0]?.image.url ?? '';
  };
  const download = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());

  it('are JPEG pictures of the size that was asked for', async () => {
    const response = await fetch(await outputUrl());
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(Number(response.headers.get('content-length'))).toBe(bytes.length);
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 96, height: 64 });
  });

  it('are 2048x2048 by default', async () => {
    const bytes = await download(await outputUrl({ size: undefined }));
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 2048, height: 2048 });
  });

  it('are PNG pictures when switched to', async () => {
    simulator.settings.outputFormat = 'png';
    const response = await fetch(await outputUrl());
    expect(response.headers.get('content-type')).toBe('image/png');
    expect((await sharp(Buffer.from(await response.arrayBuffer())).metadata()).format).toBe('png');
  });

  it('are the same for the same prompt and seed, and differ otherwise', async () => {
    const [one, same, otherSeed, otherPrompt] = await Promise.all([
      outputUrl({ seeds: [1] }),
      outputUrl({ seeds: [1] }),
      outputUrl({ seeds: [2] }),
      outputUrl({ seeds: [1], prompt: 'x' }),
    ]).then((urls) => Promise.all(urls.map(download)));
    expect(one?.equals(same as Buffer)).toBe(true);
    expect(one?.equals(otherSeed as Buffer)).toBe(false);
    expect(one?.equals(otherPrompt as Buffer)).toBe(false);
  });

  it('expire an hour after the job ended, and polling again does not prolong that', async () => {
    const { statusUrl } = await jsonOf<Accepted>(await client.generate({ prompt: 'x', size: { width: 8, height: 8 } }));
    const urlNow = async () => (await jsonOf<Status>(await client.get(statusUrl))).result?.outputs[0]?.image.url ?? '';
    const url = await urlNow();
    clock.advance(3_599_999);
    expect((await fetch(url)).status).toBe(200);
    expect(await urlNow()).toBe(url);
    clock.advance(1);
    const expired = await fetch(url);
    expect([expired.status, expired.headers.get('content-type')]).toEqual([403, 'application/xml']);
    expect(await expired.text()).toContain('<Code>AccessDenied</Code>');
  });

  it('refuse a tampered URL', async () => {
    const url = new URL(await outputUrl());
    for (const name of url.searchParams.keys()) {
      const tampered = new URL(url);
      tampered.searchParams.set(name, `1${url.searchParams.get(name)}`);
      const response = await fetch(tampered);
      expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('SignatureDoesNotMatch')]);
    }
    url.pathname = url.pathname.replace(/0$/, '1');
    expect((await fetch(url)).status).toBe(403);
  });

  it('refuse a bearer token, and record that one came', async () => {
    const response = await client.get(await outputUrl());
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('InvalidArgument')]);
    expect(simulator.requests().at(-1)).toMatchObject({ service: 'outputs', authorization: true, status: 400 });
  });

  it('have any size in bytes when switched to, the same for the same seed', async () => {
    simulator.settings.outputBytes = 3_000_001;
    const response = await fetch(await outputUrl({ seeds: [5] }));
    expect(response.headers.get('content-length')).toBe('3000001');
    const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(bytes.length).toBe(3_000_001);
    expect(digest(bytes)).toBe(digest(await download(await outputUrl({ seeds: [5] }))));
  });
});
