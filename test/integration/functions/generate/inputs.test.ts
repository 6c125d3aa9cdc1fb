import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uploadsFolder } from '#shared/deployment/bucket.ts';
import { claimUpload } from '#shared/inputs/upload-ids.ts';
import type { FakeAdobe } from '#test/fixtures/fake-adobe.ts';
import { presignedUrl, signature } from '#test/fixtures/presigned-url.ts';
import { adobeLimits, createLane, onlyLane } from '#test/fixtures/queue.ts';
import { acceptance, type Servers, startServers, statusPath, submitPath, success } from './rig.ts';

const uploadPath = '/v2/storage/image';
const uploadId = '3f6c1f4e-8f0e-4b52-9e0c-0a8d1c3b2a10';
const png = Buffer.from('89504e470d0a1a0a0000000d4948445200000010000000100802000000907768de', 'hex');

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

/** A rig with an image in S3, and an Adobe that takes everything. */
const prepare = async () => {
  const rig = await servers.rig();
  const key = `${uploadsFolder('alice')}${crypto.randomUUID()}.png`;
  const requestWith = (url: string) =>
    JSON.stringify({ prompt: 'a hat', style: { imageReference: { source: { url } } } });
  const request = requestWith(`s3://outputs/${key}`);
  const put = (bytes: Buffer) =>
    rig.context.s3.send(new PutObjectCommand({ Bucket: 'outputs', Key: key, Body: bytes, ContentType: 'image/png' }));
  await put(png);
  rig.adobe.script('POST', uploadPath, { status: 200, body: { images: [{ id: uploadId }] } });
  rig.adobe.script('POST', submitPath, acceptance(rig.adobe));
  rig.storage.script('GET', '/0', { status: 200, body: 'picture', headers: { 'content-type': 'image/jpeg' } });
  rig.adobe.script('GET', statusPath, success(`${rig.storage.url}/0`));
  return {
    rig,
    key,
    request,
    requestWith,
    put,
    scheduled: (sent = request) => rig.scheduled({ fields: { request: sent } }),
    sent: () => JSON.parse(rig.adobe.asked('POST', submitPath)[0]?.body ?? '{}'),
  };
};

describe.concurrent('inputs that lie in S3', () => {
  it('are brought to Adobe, and named by their upload in what is sent; the record keeps the words of the caller', async () => {
    const { rig, scheduled, sent, request } = await prepare();
    const { job } = await rig.follow(await scheduled());
    expect(job.state).toBe('succeeded');
    expect(sent()).toEqual({ prompt: 'a hat', style: { imageReference: { source: { uploadId } } } });
    expect(job.request).toBe(request);
    expect(rig.adobe.asked('POST', uploadPath)[0]?.headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(png.length),
    });
  });

  it('are brought once for all jobs, and anew when the object changes', async () => {
    const { rig, put, scheduled } = await prepare();
    await rig.follow(await scheduled());
    await rig.follow(await scheduled());
    expect(rig.adobe.asked('POST', uploadPath)).toHaveLength(1);
    await put(Buffer.concat([png, Buffer.from('2')]));
    await rig.follow(await scheduled());
    expect(rig.adobe.asked('POST', uploadPath)).toHaveLength(2);
  });

  it('are brought anew if Adobe may have lost them before their time; the job is sent again', async () => {
    const { rig, scheduled } = await prepare();
    await rig.follow(await scheduled());
    const lost = { status: 422, body: { error_code: 'validation_error', message: 'unknown upload' } };
    rig.adobe.script('POST', submitPath, lost, acceptance(rig.adobe));
    const { job, end } = await rig.follow(await scheduled());
    expect(end).toEqual({ state: 'queued' });
    expect(rig.adobe.asked('POST', uploadPath)).toHaveLength(1);
    const again = await rig.follow(await rig.again(job));
    expect(again.job).toMatchObject({ state: 'succeeded', attempts: 1 });
    expect(rig.adobe.asked('POST', uploadPath)).toHaveLength(2);
  });

  it('are not to blame for a refusal when they are new, or for what Adobe thinks of them', async () => {
    const { rig, scheduled } = await prepare();
    const refusal = (status: number, code: string) => ({ status, body: { error_code: code, message: 'no' } });
    rig.adobe.script(
      'POST',
      submitPath,
      refusal(422, 'validation_error'),
      refusal(451, 'image_unsafe'),
      refusal(422, 'input_media_unsafe'),
    );
    const first = await rig.follow(await scheduled());
    expect(first.job).toMatchObject({ state: 'failed', attempts: 0, error: { code: 'validation_error' } });
    const second = await rig.follow(await scheduled());
    expect(second.job).toMatchObject({ state: 'failed', attempts: 0, error: { code: 'image_unsafe' } });
    const third = await rig.follow(await scheduled());
    expect(third.job).toMatchObject({ state: 'failed', attempts: 0, error: { code: 'input_media_unsafe' } });
    expect(rig.adobe.asked('POST', uploadPath)).toHaveLength(1);
  });

  it('that the credential may not bring pause the queue and fail no job', async () => {
    const { rig, scheduled } = await prepare();
    rig.adobe.script('POST', uploadPath, { status: 403, body: { error_code: '403003', message: 'no' } });
    const { job } = await rig.follow(await scheduled());
    expect(job).toMatchObject({ state: 'queued', attempts: 0 });
    expect((await rig.quota()).pause).toMatchObject({ reason: 'access_refused', level: 1, code: '403003' });
    expect((await rig.permits())[0]?.freeAt).toBeLessThanOrEqual(Date.now() + 1);
    expect(rig.adobe.asked('POST', submitPath)).toHaveLength(0);
  });

  it('are waited for while another job brings them', async () => {
    const { rig, key, put, request } = await prepare();
    const object = await put(png);
    expect(await claimUpload(rig.context.table, { bucket: 'outputs', key, etag: object.ETag ?? '' })).toBe(true);
    const clock = rig.context.table.clock;
    let ahead = 0;
    rig.context.table = { ...rig.context.table, clock: { now: () => clock.now() + ahead } };
    rig.context.lanes = onlyLane(createLane(rig.context.table, { ...adobeLimits, submitGraceMs: 60_000 }));
    const waiting = await rig.scheduled({ fields: { request }, inMs: 55_000 });
    setTimeout(() => {
      // The other job died: its lease runs out.
      ahead = 61_000;
    }, 500);
    const { job } = await rig.follow(waiting);
    expect(job.state).toBe('succeeded');
    expect(rig.adobe.asked('POST', uploadPath)).toHaveLength(1);
  });

  it('are sent again after an answer that is no word, and with a new token after a refusal', async () => {
    const { rig, scheduled } = await prepare();
    rig.adobe.script(
      'POST',
      uploadPath,
      { status: 503, headers: { 'retry-after': '1' } },
      { status: 401, body: { error_code: '401013' } },
      { status: 200, body: { images: [{ id: uploadId }] } },
    );
    const { job } = await rig.follow(await scheduled());
    expect(job.state).toBe('succeeded');
    expect(rig.adobe.asked('POST', uploadPath)).toHaveLength(3);
    expect(rig.tokens.refused).toHaveLength(1);
  });

  it.each([
    ['that Adobe refuses', { status: 451, body: { error_code: 'image_unsafe', message: 'no' } }, 'image_unsafe'],
    [
      'of a type that Adobe refuses',
      { status: 415, body: { error_code: 'invalid_content_type' } },
      'invalid_content_type',
    ],
  ])('%s end the job before it costs a request, and free its permit', async (_, answer, code) => {
    const { rig, scheduled } = await prepare();
    rig.adobe.script('POST', uploadPath, answer);
    const { job } = await rig.follow(await scheduled());
    expect(job).toMatchObject({ state: 'failed', error: { code } });
    expect(rig.adobe.asked('POST', submitPath)).toHaveLength(0);
    expect((await rig.permits())[0]?.freeAt).toBeLessThanOrEqual(Date.now() + 1);
    expect(rig.events).toMatchObject([{ jobId: job.jobId, status: 'failed' }]);
  });

  it('that are presigned URLs and have died while the job waited end it before the fence, and free its permit', async () => {
    const { rig, scheduled, requestWith } = await prepare();
    const { job, steps } = await rig.follow(await scheduled(requestWith(presignedUrl(Date.now() - 61_000))));
    expect(job).toMatchObject({
      state: 'failed',
      error: { code: 'input_expired', message: expect.stringContaining('body.style.imageReference.source.url') },
    });
    expect(job.error?.message).toContain('(X-Amz-Expires)');
    expect(steps).not.toContain('submit');
    expect(rig.adobe.asked('POST', submitPath)).toHaveLength(0);
    expect((await rig.quota()).usedToday).toBe(0);
    expect((await rig.permits())[0]?.freeAt).toBeLessThanOrEqual(Date.now() + 1);
    expect(rig.events).toMatchObject([{ jobId: job.jobId, status: 'failed', error: { code: 'input_expired' } }]);
    expect(JSON.stringify([job.error, rig.events, rig.lines])).not.toContain(signature);
  });

  it('that are presigned URLs and live are sent as they came', async () => {
    const { rig, scheduled, requestWith, sent } = await prepare();
    const request = requestWith(presignedUrl(Date.now() + 600_000));
    const { job } = await rig.follow(await scheduled(request));
    expect(job.state).toBe('succeeded');
    expect(sent()).toEqual(JSON.parse(request));
  });

  it('that are too many end the job before one of them is brought', async () => {
    const { rig, key, scheduled } = await prepare();
    const many = { prompt: 'a', more: Array.from({ length: 251 }, () => ({ url: `s3://outputs/${key}` })) };
    const { job } = await rig.follow(await scheduled(JSON.stringify(many)));
    expect(job).toMatchObject({ state: 'failed', error: { code: 'input_too_many' } });
    expect(rig.adobe.seen).toEqual([]);
  });

  it('that are gone by now end the job by name', async () => {
    const { rig, key, requestWith, scheduled } = await prepare();
    const { job } = await rig.follow(await scheduled(requestWith(`s3://outputs/${key}x`)));
    expect(job).toMatchObject({ state: 'failed', error: { code: 'input_not_found' } });
  });
});

describe.concurrent('inputs on Google Cloud Storage', () => {
  const path = '/bucket/cat.png?X-Goog-Signature=0f1e2d3c4b';
  const url = `https://storage.googleapis.com${path}`;
  const prepareWeb = async () => {
    const { rig, requestWith, scheduled, sent } = await prepare();
    const serve = (answer: Parameters<typeof rig.storage.script>[2]) => rig.storage.script('GET', path, answer);
    const follow = async () => rig.follow(await scheduled(requestWith(url)));
    serve({ status: 200, body: png, headers: { 'content-type': 'text/plain', etag: '"1"' } });
    return { rig, follow, serve, sent };
  };

  it('are brought to Adobe once, by what they are, and neither URL nor signature is recorded', async () => {
    const { rig, follow, sent, serve } = await prepareWeb();
    const { job, steps } = await follow();
    expect(job.state).toBe('succeeded');
    expect(sent().style.imageReference.source).toEqual({ uploadId });
    expect(rig.adobe.asked('POST', uploadPath)[0]?.headers).toMatchObject({ 'content-type': 'image/png' });
    expect(JSON.stringify([job.error, job.warnings, rig.events, rig.lines, steps])).not.toContain('0f1e2d3c4b');
    await follow();
    expect(rig.adobe.asked('POST', uploadPath)).toHaveLength(1);
    serve({ status: 200, body: png, headers: { etag: '"2"' } });
    await follow();
    expect(rig.adobe.asked('POST', uploadPath)).toHaveLength(2);
  });

  it.each<[string, Parameters<FakeAdobe['script']>[2], string]>([
    ['that Google does not give', { status: 403 }, 'input_not_found'],
    ['that lead elsewhere', { status: 302, headers: { location: 'https://example.com/cat.png' } }, 'input_not_found'],
    ['that are no images', { status: 200, body: 'text' }, 'input_wrong_type'],
    ['that are too large', { status: 200, body: Buffer.concat([png, Buffer.alloc(100_000)]) }, 'input_too_large'],
  ])('%s end the job before it costs a request, and free its permit', async (_, answer, code) => {
    const { rig, follow, serve } = await prepareWeb();
    serve(answer);
    const { job } = await follow();
    expect(job).toMatchObject({ state: 'failed', error: { code } });
    expect(job.error?.message).not.toContain('0f1e2d3c4b');
    expect(rig.adobe.seen).toEqual([]);
    expect((await rig.permits())[0]?.freeAt).toBeLessThanOrEqual(Date.now() + 1);
  });

  it('are asked for again while Google does not answer', async () => {
    const { rig, follow } = await prepareWeb();
    rig.storage.script('GET', path, { status: 503 }, { fault: 'reset' }, { status: 200, body: png });
    expect((await follow()).job.state).toBe('succeeded');
  });
});
