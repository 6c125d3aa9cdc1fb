import { createHash } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { describe, expect } from 'vitest';
import { localClients } from '#local/clients.ts';
import { stackNames } from '#local/stack-settings.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';
import { changeAdobe, it } from '#test/fixtures/shared-gateway.ts';
import { simulatorControl } from '#test/fixtures/simulator-control.ts';

const json = async (response: Response) => (await response.json()) as Record<string, unknown>;
const cat = { prompt: 'a realistic illustration of a cat coding', size: { width: 1024, height: 1024 }, seeds: [7, 11] };

describe('a prompt over HTTP becomes an image in S3', () => {
  let gateway: Gateway;
  it.beforeAll(({ gateway: shared }) => {
    gateway = shared;
    return changeAdobe(gateway, { outputBytes: null });
  });

  it('accepts a job as Adobe does and stores its outputs with type and hash, in order of the seeds', async () => {
    const response = await gateway.post(cat, { 'x-model-version': 'image3', 'x-api-key': 'ignored' });
    const accepted = await json(response);
    expect(response.status).toBe(202);
    expect(accepted).toEqual({
      jobId: expect.any(String),
      statusUrl: `${gateway.url}/v3/status/${accepted['jobId']}`,
      cancelUrl: `${gateway.url}/v3/cancel/${accepted['jobId']}`,
    });
    expect(response.headers.get('location')).toBe(accepted['statusUrl']);

    const jobId = String(accepted['jobId']);
    const job = await gateway.until(jobId);
    expect(job.status).toBe('succeeded');
    expect(job.states.map(({ state }) => state)).toEqual([
      'queued',
      'scheduled',
      'submitting',
      'running',
      'storing',
      'succeeded',
    ]);
    expect(job.outputs.map(({ seed }) => seed)).toEqual([7, 11]);
    expect(job.outputs[0]?.key).toMatch(new RegExp(`^outputs/\\d{4}/\\d\\d/\\d\\d/${jobId}/0\\.jpg$`));

    const status = await json(await gateway.call(`/v3/status/${jobId}`));
    const result = status['result'] as { size: unknown; outputs: { seed: number; image: { url: string } }[] };
    expect(status['status']).toBe('succeeded');
    expect(result.size).toEqual({ width: 1024, height: 1024 });
    const picture = await fetch(result.outputs[1]?.image.url ?? '');
    const bytes = Buffer.from(await picture.arrayBuffer());
    expect(picture.headers.get('content-type')).toBe('image/jpeg');
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(job.outputs[1]?.sha256);
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 1024, height: 1024 });
  });

  it('describes the picture beside it: what was asked for, and what came of it', async () => {
    const job = await gateway.until(await gateway.submit({ ...cat, seeds: [3] }));
    const { s3 } = localClients(gateway.stack.description);
    const key = `${job.outputs[0]?.key.replace(/[^/]+$/, '')}job.json`;
    const object = await s3.send(new GetObjectCommand({ Bucket: gateway.stack.description.bucket, Key: key }));
    const description = JSON.parse((await object.Body?.transformToString()) ?? '');
    expect(description).toMatchObject({
      jobId: job.jobId,
      request: { ...cat, seeds: [3] },
      upstream: { jobId: expect.stringMatching(/^urn:ff:jobs:/) },
      outputs: [{ key: job.outputs[0]?.key, seed: 3 }],
    });
    s3.destroy();
  });

  it('answers the synchronous call with the documented body', async () => {
    const response = await gateway.ask('/v3/images/generate', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'a fox', size: { width: 1024, height: 1024 } }),
    });
    expect(response.status).toBe(200);
    const body = (await response.json()) as { outputs: { seed: number; image: { url: string } }[] };
    expect(body).toMatchObject({ size: { width: 1024, height: 1024 }, outputs: [{ seed: expect.any(Number) }] });
    expect((await fetch(body.outputs[0]?.image.url ?? '')).status).toBe(200);
  });

  it('gives the same job for the same key and refuses the key for another request', async () => {
    const key = { 'idempotency-key': 'campaign-1' };
    const [first, second] = await Promise.all([gateway.post(cat, key), gateway.post(cat, key)]);
    expect((await json(first))['jobId']).toBe((await json(second))['jobId']);
    const other = await gateway.post({ ...cat, prompt: 'a dog' }, key);
    expect(other.status).toBe(422);
    expect(other.headers.get('content-type')).toContain('application/problem+json');
  });

  it('hides the jobs of one caller from another', async () => {
    const jobId = await gateway.submit(cat, { 'x-local-caller': 'team-a' });
    expect((await gateway.call(`/jobs/${jobId}`, { headers: { 'x-local-caller': 'team-b' } })).status).toBe(404);
    expect((await gateway.call(`/jobs/${jobId}`, { headers: { 'x-local-caller': 'team-a' } })).status).toBe(200);
  });

  it('announces each end once and erases a finished job with all it stored', async ({ events }) => {
    const job = await gateway.until(await gateway.submit(cat));
    const announced = () => events.filter((event) => JSON.stringify(event).includes(job.jobId));
    await expect.poll(announced).toHaveLength(1);
    expect((await gateway.call(`/jobs/${job.jobId}`, { method: 'DELETE' })).status).toBe(204);
    expect((await gateway.call(`/jobs/${job.jobId}`)).status).toBe(404);
    const { s3 } = localClients(gateway.stack.description);
    const left = await s3.send(
      new ListObjectsV2Command({
        Bucket: gateway.stack.description.bucket,
        Prefix: job.outputs[0]?.key.replace(/[^/]+$/, ''),
      }),
    );
    expect(left.KeyCount).toBe(0);
    s3.destroy();
  });

  it('never sends the bearer token to an output URL', async () => {
    const requests = await simulatorControl(gateway.stack.description.ims).requests();
    const downloads = requests.filter(({ service }) => service === 'outputs');
    // On a busy machine one may have been given up and done again.
    expect(downloads.map(({ status }) => status)).toContain(200);
    expect(downloads.filter(({ authorization }) => authorization)).toEqual([]);
  });

  it('shows its health without any secret', async () => {
    // Each minute, as the schedule has it; what was said of the run before is remembered for some seconds.
    await gateway.stack.lambda.invoke(stackNames.functions.dispatch, {});
    let health = '';
    const readStatus = async () => {
      const response = await gateway.call('/health/details');
      expect(response.status).toBe(200);
      health = await response.text();
      return JSON.parse(health).status;
    };
    await expect.poll(readStatus).toBe('ok');
    expect(JSON.parse(health)).toMatchObject({
      status: 'ok',
      token: { secondsLeft: expect.any(Number) },
      rotation: { nextRotationAt: expect.any(String) },
    });
    expect(health).not.toContain('simulated-secret');
  });
});
