import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { localClients } from '#local/clients.ts';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';

// The caller of requests that name none.
const caller = 'local';
const accepted = z.object({ jobId: z.uuid(), statusUrl: z.url() });
type Body = Record<string, unknown>;

describe('Photoshop and the host of images, from HTTP to objects in S3', () => {
  let gateway: Gateway;
  let s3: ReturnType<typeof localClients>['s3'];
  let image: { source: { url: string } };
  beforeAll(async () => {
    gateway = await startGateway({
      ...withoutPictures,
      services: ['photoshop', 'image'],
      simulator: { ...withoutPictures.simulator, outputBytes: null },
    });
    ({ s3 } = localClients(gateway.stack.description));
    const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: '#35a' } });
    const Key = `inbox/${caller}/in.png`;
    const { bucket: Bucket } = gateway.stack.description;
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: await picture.png().toBuffer() }));
    image = { source: { url: `s3://${Bucket}/${Key}` } };
  });
  afterAll(async () => {
    s3?.destroy();
    await gateway?.close();
  });

  const post = async (path: string, body: unknown) => {
    const response = await gateway.call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Body };
  };

  const readStatus = async (url: string) => {
    const response = await gateway.call(url);
    return { status: response.status, body: (await response.json()) as Body };
  };

  /** Runs a job to its end; returns its record and its status in Adobe's words. */
  const run = async (path: string, body: unknown) => {
    const answer = await post(path, body);
    expect([answer.status, answer.body]).toEqual([202, expect.objectContaining({ jobId: expect.any(String) })]);
    const { jobId, statusUrl } = accepted.parse(answer.body);
    const job = await gateway.until(jobId);
    return { job, status: (await readStatus(statusUrl)).body, statusUrl };
  };

  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

  /** The bytes in S3 are those of the record, and those behind the URL that a caller is given. */
  const expectStored = async (job: Awaited<ReturnType<typeof run>>['job'], urls: readonly unknown[]) => {
    expect(job).toMatchObject({ status: 'succeeded' });
    expect(urls).toHaveLength(job.outputs.length);
    for (const [index, { bucket: Bucket, key: Key, sha256: hash, contentType }] of job.outputs.entries()) {
      const { Body: stored } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      expect(sha256((await stored?.transformToByteArray()) ?? new Uint8Array())).toBe(hash);
      const download = await fetch(String(urls[index]));
      expect(download.headers.get('content-type')).toBe(contentType);
      expect(sha256(new Uint8Array(await download.arrayBuffer()))).toBe(hash);
    }
  };

  const outputUrls = z.object({
    result: z.object({
      outputs: z.array(
        z
          .looseObject({ url: z.url().optional(), destination: z.looseObject({ url: z.url() }).optional() })
          .transform(({ url, destination }) => destination?.url ?? url),
      ),
    }),
  });

  const urlsOf = (status: unknown) => outputUrls.parse(status).result.outputs;

  it.each<[string, () => Body, string[]]>([
    [
      '/v2/edit',
      () => ({
        image,
        edits: { autoTone: true },
        outputs: [{ mediaType: 'image/jpeg', quality: 'high' }, { mediaType: 'application/rdf+xml' }],
      }),
      ['image/jpeg', 'application/rdf+xml'],
    ],
    [
      '/v2/create-composite',
      () => ({
        image: { width: 100, height: 80 },
        edits: {
          layers: [{ operation: { type: 'add', placement: { type: 'top' } }, type: 'layer', image, name: 'Photo' }],
        },
        outputs: [{ mediaType: 'image/vnd.adobe.photoshop' }, { mediaType: 'image/png', compression: 'low' }],
      }),
      ['image/vnd.adobe.photoshop', 'image/png'],
    ],
    [
      '/v2/execute-actions',
      () => ({
        image,
        options: { actions: [{ source: { content: '[{"_obj":"invert"}]', contentType: 'application/json' } }] },
        outputs: [{ mediaType: 'image/tiff' }, { mediaType: 'application/json', scriptOutputPattern: '*.json' }],
      }),
      ['image/tiff', 'application/json', 'application/json'],
    ],
    ['/v2/create-artboard', () => ({ images: [image, image], outputs: [{ mediaType: 'image/png' }] }), ['image/png']],
    ['/v2/remove-background', () => ({ image, mode: 'cutout' }), ['image/png']],
  ])('%s: each output is stored, and named where Adobe names it', async (path, body, types) => {
    const { job, status } = await run(path, body());
    expect(job.outputs.map(({ contentType }) => contentType)).toEqual(types);
    await expectStored(job, urlsOf(status));
    expect(status).toMatchObject({ status: 'succeeded', createdTime: expect.any(String) });
  });
});
