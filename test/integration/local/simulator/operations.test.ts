import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '#local/simulator/simulator.ts';
import { clientOf } from './client.ts';

const url = 'https://bucket.s3.us-east-1.amazonaws.com/a.png?X-Amz-Signature=1';
const image = { source: { url } };
const background = { image, fillAreaMask: image };

/** A request for each operation: path, body, model header. */
const requests: [string, Record<string, unknown>, string?][] = [
  ['/v3/images/generate-similar-async', { image, numVariations: 2 }],
  ['/v3/images/expand-async', { image, placement: { alignment: { horizontal: 'left' } } }],
  ['/v3/images/fill-async', { image, mask: { ...image, invert: true }, prompt: 'a hat' }],
  ['/v3/images/generate-object-composite-async', { image, prompt: 'a desk' }],
  ['/v3/images/precise-composite', { background, object: { image }, output: { mediaType: 'image/webp' } }],
  ['/v3/images/adaptive-composite', { background, object: { image, mask: image }, seeds: [1, 2] }],
  ['/v3/images/upscale', { image, seeds: [5] }],
  ['/v3/videos/generate', { prompt: 'a wave' }, 'video1_standard'],
  ['/v4/images/generate-async', { prompt: 'a boat', aspectRatio: '16:9' }, 'image5'],
];

describe('the operations of the simulated Firefly', () => {
  let simulator: Simulator;
  let client: ReturnType<typeof clientOf>;
  let headers: Record<string, string>;
  beforeAll(async () => {
    simulator = await startSimulator({ pendingMs: 0, generationMs: 0, requestsPerMinute: 1_000 });
    client = clientOf(simulator);
    headers = await client.authorized();
  });
  afterAll(() => simulator.close());

  const post = (path: string, body: unknown, model?: string, more: Record<string, string> = {}) =>
    fetch(simulator.url + path, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        ...(model && { 'x-model-version': model }),
        ...more,
      },
      body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body),
    });
  const resultOf = async (statusUrl: string) =>
    (await (await fetch(statusUrl, { headers })).json()) as {
      status: string;
      result: { outputs: Record<string, unknown>[] };
    };

  it.each(requests)('%s has the documented shape from its acceptance to its outputs', async (path, body, model) => {
    const response = await post(path, body, model);
    const accepted = (await response.json()) as {
      jobId?: string;
      statusUrl?: string;
      links?: { result: { href: string } };
    };
    const hasLinks = path.startsWith('/v4/') || path.endsWith('/upscale');
    expect(response.status).toBe(path.startsWith('/v4/') ? 200 : 202);
    expect(accepted.jobId === undefined).toBe(hasLinks);
    const { status, result } = await resultOf(accepted.statusUrl ?? accepted.links?.result.href ?? '');
    expect(status).toBe('succeeded');
    const [output = {}] = result.outputs;
    const file = path.endsWith('/upscale')
      ? { url: output['presignedUrl'] }
      : (output[path.includes('/videos/') ? 'video' : 'image'] as { url: string });
    const fetched = await fetch(String(file.url));
    expect(fetched.status).toBe(200);
    const type = path.includes('/videos/')
      ? 'video/mp4'
      : path.endsWith('precise-composite')
        ? 'image/webp'
        : 'image/jpeg';
    expect(fetched.headers.get('content-type')).toBe(type);
    expect((await fetched.arrayBuffer()).byteLength).toBeGreaterThan(1_000);
  });

  it.each<[string, Record<string, unknown>, string, string?]>([
    ['/v4/images/generate-async', { prompt: 'a' }, 'header.x-model-version'],
    ['/v3/videos/generate', { prompt: 'a' }, 'header.x-model-version'],
    ['/v3/images/upscale', { image, seeds: [1] }, 'header.x-model-version', 'creative_upsampler_v1'],
    ['/v3/images/upscale', { image }, 'body.seeds'],
    ['/v3/images/fill-async', { image }, 'body.mask'],
    ['/v3/images/expand-async', { image, mask: image, placement: {} }, 'body.placement'],
    ['/v3/images/expand-async', { image, size: { width: 4000, height: 10 } }, 'body.size.width'],
    ['/v3/images/precise-composite', { background, object: { image }, numVariations: 4 }, 'body.numVariations'],
    ['/v3/images/adaptive-composite', { background: { image }, object: { image } }, 'body.background.fillAreaMask'],
    [
      '/v4/images/generate-async',
      { prompt: 'a', aspectRatio: '1:1', referenceBlobs: [image] },
      'body.aspectRatio',
      'image5',
    ],
    [
      '/v3/images/generate-similar-async',
      { image: { source: { uploadId: 'b0e8f5c2-1111-4222-8333-0123456789ab' } } },
      'body.image.source.uploadId',
    ],
  ])('%s refuses %j: %s', async (path, body, field, model) => {
    const response = await post(path, body, model);
    const { validation_errors: errors } = (await response.json()) as { validation_errors: { loc: string[] }[] };
    expect(response.status).toBe(422);
    expect(errors.map(({ loc }) => loc.join('.'))).toContain(field);
  });

  it('writes links as bare strings, on a shard of their own, where it is told to', async () => {
    Object.assign(simulator.settings, { linkStyle: 'string', shardBase: 'https://firefly-sim.adobe.io' });
    const { links } = (await (await post('/v3/images/upscale', { image, seeds: [1] })).json()) as {
      links: { result: string };
    };
    expect(links.result).toMatch(/^https:\/\/firefly-sim\.adobe\.io\/v3\/status\/urn:/);
    Object.assign(simulator.settings, { linkStyle: 'object', shardBase: null });
  });

  it('stores images of five types, to be named for seven days, and no others', async () => {
    const png = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const stored = await post('/v2/storage/image', png, undefined, { 'content-type': 'image/png' });
    const { images } = (await stored.json()) as { images: { id: string }[] };
    const source = { uploadId: images[0]?.id };
    expect((await post('/v3/images/generate-similar-async', { image: { source } })).status).toBe(202);
    expect(simulator.uploads()).toEqual([expect.objectContaining({ contentType: 'image/png', bytes: png.length })]);
    const statusOf = async (body: Buffer, type: string) =>
      (await post('/v2/storage/image', body, undefined, { 'content-type': type })).status;
    expect(await statusOf(png, 'image/gif')).toBe(415);
    expect(await statusOf(png, 'image/jpeg')).toBe(400);
    expect(await statusOf(png.subarray(0, 40), 'image/png')).toBe(400);
    expect(await statusOf(Buffer.alloc(0), 'image/png')).toBe(400);
    simulator.settings.maxUploadBytes = png.length - 1;
    const tooLarge = await post('/v2/storage/image', png, undefined, { 'content-type': 'image/png' });
    expect([tooLarge.status, tooLarge.headers.get('content-type')]).toEqual([413, 'text/html']);
  });

  it('lists custom models page by page, with errors of a shape of their own', async () => {
    const list = async (query: string, more: Record<string, string> = { 'x-request-id': '1' }) => {
      const response = await fetch(`${simulator.url}/v3/custom-models${query}`, { headers: { ...headers, ...more } });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const first = await list('?start=0&limit=2&sortBy=assetName');
    expect(first.body).toMatchObject({
      custom_models: [{ assetName: 'simulated-model-0' }, { assetName: 'simulated-model-1' }],
      _links: { next: { href: expect.stringContaining('start=2') } },
      total_count: 5,
    });
    expect((await list('?publishedState=all')).body['total_count']).toBe(8);
    expect(await list('?limit=2')).toMatchObject({ status: 400, body: { reason: 'bad_request' } });
    expect((await list('', {})).status).toBe(400);
  });
});
