import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { expect, vi } from 'vitest';
import * as z from 'zod';
import { localClients } from '#local/clients.ts';
import { stackNames } from '#local/stack-settings.ts';
import { type Gateway, type JobRecord, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';

/** A body of a request or an answer. */
export type Body = Record<string, unknown>;

/** A stack with Photoshop and the host of images, and a picture in the caller's inbox. */
export interface PhotoshopRig {
  gateway: Gateway;
  /** The picture as an image of a request. */
  image: { source: { url: string } };
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<{ status: number; body: Body }>;
  /** Runs a job to its end; `status` is its status in the words of its service. */
  run(path: string, body: unknown): Promise<{ job: JobRecord; status: Body; statusUrl: string }>;
  /** Posts a batch and waits until all of its lines have ended. */
  runBatch(contentType: string, content: string): Promise<{ counts: Record<string, number> }>;
  read(output: { bucket?: string; key?: string } | undefined): Promise<Uint8Array>;
  /** The bytes in S3 are those of the record, and those behind the URLs that a caller is given. */
  expectStored(job: JobRecord, urls: readonly unknown[]): Promise<void>;
  close(): Promise<void>;
}

// The caller of requests that name none.
const caller = 'local';
const batchView = z.object({ status: z.string(), counts: z.record(z.string(), z.number()) });
const accepted = z.object({ jobId: z.uuid(), statusUrl: z.url() });

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Starts the stack; its simulator makes real files. */
export const startPhotoshop = async (settings: object = {}): Promise<PhotoshopRig> => {
  const gateway = await startGateway({
    ...withoutPictures,
    services: ['photoshop', 'image'],
    settings: { ...withoutPictures.settings, ...settings },
    simulator: { ...withoutPictures.simulator, outputBytes: null },
  });
  const { s3 } = localClients(gateway.stack.description);
  const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: '#35a' } });
  const Key = `inbox/${caller}/in.png`;
  const { bucket: Bucket } = gateway.stack.description;
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: await picture.png().toBuffer() }));

  const post: PhotoshopRig['post'] = async (path, body, headers = {}) => {
    const response = await gateway.call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Body };
  };

  const read: PhotoshopRig['read'] = async (output) => {
    const { Body: stored } = await s3.send(new GetObjectCommand({ Bucket: output?.bucket, Key: output?.key }));
    return (await stored?.transformToByteArray()) ?? new Uint8Array();
  };

  return {
    gateway,
    image: { source: { url: `s3://${Bucket}/${Key}` } },
    post,
    run: async (path, body) => {
      const answer = await post(path, body);
      expect([answer.status, answer.body]).toEqual([202, expect.objectContaining({ jobId: expect.any(String) })]);
      const { jobId, statusUrl } = accepted.parse(answer.body);
      const job = await gateway.until(jobId);
      return { job, status: (await (await gateway.call(statusUrl)).json()) as Body, statusUrl };
    },
    runBatch: async (contentType, content) => {
      const { body } = await post('/batches', content, { 'content-type': contentType });
      const { self } = z.object({ links: z.object({ self: z.url() }) }).parse(body).links;
      return vi.waitFor(
        async () => {
          await gateway.stack.lambda.invoke(stackNames.functions.dispatch, {});
          const batch = batchView.parse(await (await gateway.call(self)).json());
          expect(['finished', 'refused']).toContain(batch.status);
          return batch;
        },
        { timeout: 150_000, interval: 500 },
      );
    },
    read,
    expectStored: async (job, urls) => {
      expect(job).toMatchObject({ status: 'succeeded' });
      expect(urls).toHaveLength(job.outputs.length);
      for (const [index, output] of job.outputs.entries()) {
        expect(sha256(await read(output))).toBe(output.sha256);
        const download = await fetch(String(urls[index]));
        expect(download.headers.get('content-type')).toBe(output.contentType);
        expect(sha256(new Uint8Array(await download.arrayBuffer()))).toBe(output.sha256);
      }
    },
    close: async () => {
      s3.destroy();
      await gateway.close();
    },
  };
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

/** The URLs in a status of Photoshop. */
export const urlsOf = (status: unknown) => outputUrls.parse(status).result.outputs;
