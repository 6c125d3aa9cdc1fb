import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type S3Server, startS3 } from '#local/s3/start-s3.ts';
import type { MadeOutput } from '#local/simulator/service/definition.ts';
import { type Simulator, startSimulator } from '#local/simulator/simulator.ts';
import { clientOf, jsonOf } from './client.ts';
import { createTestClock } from './clock.ts';
import { pressService } from './service.ts';

interface Status {
  jobId: string;
  statusUrl: string;
  phase: string;
  outputs: MadeOutput[];
  error?: { code: string; message: string };
}

const patience = { timeout: 60_000 };

describe('a service on an origin of its own', () => {
  const clock = createTestClock();
  let storage: S3Server;
  let s3: S3Client;
  beforeAll(async () => {
    storage = await startS3({ bucket: 'pictures' });
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    s3 = new S3Client({
      region: 'us-east-1',
      endpoint: storage.url,
      credentials,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
    const picture = await sharp({ create: { width: 20, height: 20, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const large = await sharp({ create: { width: 101, height: 20, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const put = (Key: string, Body: Uint8Array) => s3.send(new PutObjectCommand({ Bucket: 'pictures', Key, Body }));
    await Promise.all([put('in.png', picture), put('large.png', large), put('text', Buffer.from('no picture'))]);
  });
  afterAll(async () => {
    s3.destroy();
    await storage.close();
  });

  let simulator: Simulator;
  let url: string;
  beforeEach(async () => {
    simulator = await startSimulator({
      clock,
      pendingMs: 0,
      generationMs: 0,
      services: [pressService],
      storageOrigins: [storage.url],
      quotas: { press: { windows: [{ seconds: 3, limit: 1_000 }] }, 'presses-a-day': { windows: [] } },
    });
    url = simulator.services['press']?.url ?? '';
  });
  afterEach(() => simulator.close());

  const signGet = (Key: string) => getSignedUrl(s3, new GetObjectCommand({ Bucket: 'pictures', Key }));
  const signPut = (Key: string) => getSignedUrl(s3, new PutObjectCommand({ Bucket: 'pictures', Key }));
  const send = async (body: unknown, headers: Record<string, string> = {}, path = '/v1/press'): Promise<Response> =>
    fetch(url + path, {
      method: 'POST',
      headers: await clientOf(simulator).authorized({ 'content-type': 'application/json', ...headers }),
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const read = async (statusUrl: string) => jsonOf<Status>(await clientOf(simulator).get(statusUrl));
  const finish = async (body: unknown): Promise<Status> => {
    const accepted = await send(body);
    expect(accepted.status).toBe(202);
    const { statusUrl } = await jsonOf<Status>(accepted);
    return vi.waitFor(async () => {
      const status = await read(statusUrl);
      expect(['pending', 'running']).not.toContain(status.phase);
      return status;
    }, patience);
  };

  it('fetches inputs from S3 and hosts what it makes, at URLs that die and take no token', async () => {
    const { phase, outputs } = await finish({ sources: [{ url: await signGet('in.png') }], targets: ['hosted'] });
    expect(phase).toBe('succeeded');
    const [output] = outputs;
    const response = await fetch(output?.url ?? '');
    expect(response.headers.get('content-type')).toBe('image/png');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect((await sharp(bytes).metadata()).format).toBe('png');
    expect((await clientOf(simulator).get(output?.url ?? '')).status).toBe(400);
    expect((await fetch(`${output?.url}x`)).status).toBe(403);
    clock.advance(3_600_000);
    expect((await fetch(output?.url ?? '')).status).toBe(403);
  });

  it('puts outputs to presigned URLs in one piece, as large as wished, before it says that it is over', async () => {
    simulator.settings.outputBytes = 3_000_000;
    const { phase, outputs } = await finish({
      targets: [{ url: await signPut('out-0') }, { url: await signPut('out-1') }],
      mediaType: 'image/vnd.adobe.photoshop',
    });
    expect(phase).toBe('succeeded');
    expect(outputs).toHaveLength(2);
    const stored = await s3.send(new GetObjectCommand({ Bucket: 'pictures', Key: 'out-1' }));
    expect(stored).toMatchObject({ ContentLength: 3_000_000, ContentType: 'image/vnd.adobe.photoshop' });
    expect((await stored.Body?.transformToString('latin1'))?.slice(0, 4)).toBe('8BPS');
  });

  it('embeds what is to stand in the status', async () => {
    const { outputs } = await finish({ targets: ['json', 'base64'], mediaType: 'application/json', text: '{"a":1}' });
    expect(outputs.map(({ content }) => content)).toEqual([{ a: 1 }, 'eyJhIjoxfQ==']);
  });

  it('ends partially, or fails, when S3 refuses an output', async () => {
    const altered = (await signPut('other')).replace('/other?', '/another?');
    const signedType = await getSignedUrl(
      s3,
      new PutObjectCommand({ Bucket: 'pictures', Key: 'typed', ContentType: 'image/jpeg' }),
      { signableHeaders: new Set(['content-type']) },
    );
    const targets = [{ url: await signPut('fine') }, { url: altered }];
    const partial = await finish({ targets });
    expect(partial.phase).toBe('partially_succeeded');
    expect(partial.outputs[1]?.error?.code).toBe('output_unwritable');
    expect((await finish({ targets: [{ url: signedType }] })).phase).toBe('failed');
    const ofEmptyBody = new PutObjectCommand({ Bucket: 'pictures', Key: 'sum', ChecksumCRC32: 'AAAAAA==' });
    const { error } = await finish({ targets: [{ url: await getSignedUrl(s3, ofEmptyBody) }] });
    expect(error).toMatchObject({ code: 'output_unwritable', message: expect.stringContaining('HTTP 400') });
  });

  it.each([
    ['is dead', async () => await signGet('missing'), 'input_unreachable'],
    ['is of another type', async () => signGet('text'), 'input_type'],
    ['has too many pixels', async () => signGet('large.png'), 'input_size'],
  ])('fails a job whose input %s, after the 202', async (_, sign, code) => {
    const { phase, error } = await finish({ sources: [{ url: await sign() }], targets: ['hosted'] });
    expect({ phase, code: error?.code }).toEqual({ phase: 'failed', code });
  });

  it.each(['http://pictures.s3.amazonaws.com/a', 'https://notamazonaws.com/a', 'https://amazonaws.com.example/a', 'x'])(
    'refuses the input %s before it takes the job',
    async (source) => {
      const refused = await send({ sources: [{ url: source }], targets: ['hosted'] });
      expect(refused.status).toBe(422);
      expect(await refused.json()).toMatchObject({ error_code: 'validation_error', message: /^sources\.0\.url: / });
    },
  );

  it('refuses in the order of Adobe: token, scopes, entitlement, limit, content type, JSON, fields', async () => {
    simulator.settings.quotas = { press: { windows: [{ seconds: 3, limit: 1 }] } };
    simulator.settings.unentitled = ['press'];
    const narrow = await clientOf(simulator).token({ scope: 'openid' });
    const wrong = { 'content-type': 'text/plain' };
    const code = async (response: Response) => (await jsonOf<{ error_code: string }>(response)).error_code;
    expect(await code(await send('{', { ...wrong, authorization: 'Bearer x' }))).toBe('401013');
    expect(await code(await send('{', { ...wrong, authorization: `Bearer ${narrow}` }))).toBe('403011');
    expect(await code(await send('{', wrong))).toBe('user_not_entitled');
    simulator.settings.unentitled = [];
    await send({ targets: ['hosted'] });
    const limited = await send('{', wrong);
    expect(limited.headers.get('retry-after')).toBe('3');
    expect(await code(limited)).toBe('rate_limited');
    clock.advance(3_000);
    expect(await code(await send('{', wrong))).toBe('invalid_content_type');
    clock.advance(3_000);
    expect(await code(await send('{'))).toBe('invalid_json');
    clock.advance(3_000);
    expect(await code(await send({ targets: [] }))).toBe('validation_error');
  });

  it('keeps a limit of the day beside the windows, and one of polls', async () => {
    simulator.settings.quotas = {
      press: { windows: [] },
      'presses-a-day': { windows: [], perDay: 2 },
      'press-status': { windows: [{ seconds: 60, limit: 1 }] },
    };
    const { statusUrl } = await jsonOf<Status>(await send({ targets: ['hosted'] }));
    await send({ targets: ['hosted'] });
    expect((await send({ targets: ['hosted'] })).status).toBe(429);
    expect((await clientOf(simulator).get(statusUrl)).status).toBe(200);
    expect((await clientOf(simulator).get(statusUrl)).status).toBe(429);
  });

  it('goes on with a job whose answer was lost', async () => {
    simulator.faults.add({ fault: 'drop', effect: 'done', service: 'press', times: 1 });
    await expect(send({ targets: [{ url: await signPut('lost') }] })).rejects.toThrow();
    await vi.waitFor(() => expect(simulator.services['press']?.jobs()[0]?.phase).toBe('succeeded'), patience);
    const stored = await s3.send(new GetObjectCommand({ Bucket: 'pictures', Key: 'lost' }));
    expect(stored.ContentType).toBe('image/png');
  });

  it('ends jobs as faults have it: failed, partially, cancelled', async () => {
    const fault = { fault: 'job', service: 'press', times: 1 } as const;
    simulator.faults.add({ ...fault, outcome: 'failed', errorCode: '400411', message: 'no' });
    expect((await finish({ targets: ['hosted'] })).error).toEqual({ code: '400411', message: 'no' });
    simulator.faults.add({ ...fault, failedOutputs: 1, errorCode: 'bad' });
    const partial = await finish({ targets: ['hosted', 'hosted'] });
    expect(partial).toMatchObject({ phase: 'partially_succeeded', outputs: [{ error: { code: 'bad' } }, {}] });
    simulator.faults.add({ ...fault, outcome: 'canceled' });
    expect((await finish({ targets: ['hosted'] })).phase).toBe('canceled');
  });

  it('has the routes of a service, and answers held open', async () => {
    simulator.faults.add({ fault: 'job', service: 'press', times: 1, pendingMs: 60_000 });
    const { jobId, statusUrl } = await jsonOf<Status>(await send({ targets: ['hosted'] }));
    const stop = `${url}/v1/stop/${jobId}`;
    expect((await clientOf(simulator).cancel(stop)).status).toBe(202);
    expect((await read(statusUrl)).phase).toBe('canceled');
    expect((await clientOf(simulator).cancel(stop)).status).toBe(409);
    const answered = await send({ targets: ['json'], text: '[1]' }, {}, '/v1/press-now');
    expect(await answered.json()).toMatchObject([{ content: [1] }]);
  });

  it('shows its jobs among those of the simulator', async () => {
    const { jobId } = await finish({ targets: ['hosted'] });
    const jobs = await jsonOf<object[]>(await fetch(`${url}/_simulator/jobs`));
    expect(jobs).toContainEqual(expect.objectContaining({ jobId, service: 'press', operation: '/v1/press' }));
  });

  it('answers for paths, methods and jobs that it does not have', async () => {
    const client = clientOf(simulator);
    expect((await client.get(`${url}/v1/presses/none`)).status).toBe(404);
    expect((await client.get(`${url}/v9`)).status).toBe(404);
    const wrong = await client.get(`${url}/v1/press`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
