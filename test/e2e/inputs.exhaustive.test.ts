import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect } from 'vitest';
import type { Gateway } from '#test/fixtures/gateway.ts';
import { changeAdobe, it } from '#test/fixtures/shared-gateway.ts';

const noise = (width: number, height: number) =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } });

const json = async (response: Response) => (await response.json()) as Record<string, unknown>;

describe('images as input', () => {
  let gateway: Gateway;
  it.beforeAll(({ gateway: shared }) => {
    gateway = shared;
    return changeAdobe(gateway, { outputBytes: null });
  });

  const upload = (image: Buffer, contentType: string) =>
    gateway.call('/v2/storage/image', {
      method: 'POST',
      headers: { 'content-type': contentType },
      body: new Uint8Array(image),
    });
  const post = (path: string, body: unknown) =>
    gateway.call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  /** Asks for a form, sends the file with it as curl would, and returns the source. */
  const uploadByForm = async (image: Buffer, contentType: string): Promise<{ status: number; source: object }> => {
    const { upload: form, source } = (await json(await post('/uploads', { contentType }))) as {
      upload: { url: string; fields: Record<string, string> };
      source: object;
    };
    const body = new FormData();
    for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
    body.append('file', new Blob([new Uint8Array(image)]), 'image');
    return { status: (await fetch(form.url, { method: 'POST', body })).status, source };
  };
  const similarTo = async (source: object) => {
    const response = await post('/v3/images/generate-similar-async', {
      image: { source },
      seeds: [4],
      size: { width: 1024, height: 1024 },
    });
    expect(response.status).toBe(202);
    return gateway.until(String((await json(response))['jobId']));
  };

  it.each(['jpeg', 'png', 'webp', 'tiff'] as const)(
    '%s: through the gateway to Adobe, and from there into a job',
    async (format) => {
      const stored = await upload(await noise(40, 30).toFormat(format).toBuffer(), `image/${format}`);
      const { images } = (await json(stored)) as { images: { id: string; source: object }[] };
      expect(stored.status).toBe(200);
      const uploads = gateway.stack.simulator?.uploads().length;
      const jobs = [similarTo({ uploadId: images[0]?.id }), similarTo(images[0]?.source ?? {})];
      expect((await Promise.all(jobs)).map((job) => job.status)).toEqual(['succeeded', 'succeeded']);
      expect(gateway.stack.simulator?.uploads()).toHaveLength(uploads ?? 0);
    },
  );

  it('10 MB by a form into S3, once to Adobe for two jobs', async () => {
    // Noise does not compress: the file is as large as its pixels.
    const image = await noise(1_800, 1_900).png({ compressionLevel: 0 }).toBuffer();
    expect(image.length).toBeGreaterThan(10_000_000);
    const { status, source } = await uploadByForm(image, 'image/png');
    expect(status).toBe(204);
    const before = gateway.stack.simulator?.uploads().length ?? 0;
    const jobs = await Promise.all([similarTo(source), similarTo(source)]);
    expect(jobs.map((job) => job.status)).toEqual(['succeeded', 'succeeded']);
    expect(gateway.stack.simulator?.uploads().slice(before)).toEqual([
      expect.objectContaining({ bytes: image.length, contentType: 'image/png' }),
    ]);
  });

  it('the output of one job into the next', async () => {
    const first = await gateway.until(await gateway.submit({ prompt: 'a kite', size: { width: 1024, height: 1024 } }));
    expect((await similarTo({ url: `job:${first.jobId}/0` })).status).toBe('succeeded');
  });

  it('a corrupt file is refused in the words of Adobe, or fails its job', async () => {
    const corrupt = (await noise(40, 30).png().toBuffer()).subarray(0, 300);
    expect((await upload(corrupt, 'image/png')).status).toBe(400);
    const { source } = await uploadByForm(corrupt, 'image/png');
    expect(await similarTo(source)).toMatchObject({ status: 'failed', error: { code: 'bad_request' } });
  });

  it('a form takes no other type, size or key than it was made for', async () => {
    const png = await noise(4, 4).png().toBuffer();
    // Firefly alone takes it, with 10 MB at most.
    const { upload: form } = (await json(await post('/uploads', { contentType: 'image/jxl' }))) as {
      upload: { url: string; fields: Record<string, string> };
    };
    const send = async (changes: Record<string, string>, bytes: Buffer = png) => {
      const body = new FormData();
      for (const [name, value] of Object.entries({ ...form.fields, ...changes })) body.append(name, value);
      body.append('file', new Blob([new Uint8Array(bytes)]), 'image');
      return (await fetch(form.url, { method: 'POST', body })).status;
    };
    expect(await send({ 'Content-Type': 'text/html' })).toBe(403);
    expect(await send({ key: 'outputs/mine.png' })).toBe(403);
    expect(await send({ Policy: Buffer.from('{}').toString('base64') })).toBe(403);
    expect(await send({}, Buffer.alloc(11 * 1024 * 1024))).toBe(400);
    expect(await send({})).toBe(204);
  });
});
