import { createHash } from 'node:crypto';
import { v4 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAllowList } from '#shared/adobe/http/hosts.ts';
import { updateItem } from '#shared/aws/table.ts';
import { batchKey, createBatch } from '#shared/batches/batch-store.ts';
import { outputsFolder } from '#shared/deployment/bucket.ts';
import { type ScriptedAnswer, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';
import { acceptance, type Rig, type Servers, startServers, statusPath, submitPath, success } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const picture = (text: string, contentType = 'image/jpeg'): ScriptedAnswer => ({
  status: 200,
  headers: { 'content-type': contentType },
  body: Buffer.from(text),
});
const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

/** Lets Adobe finish a job with one output and follows it. */
const storeOne = async (rig: Rig, url = `${rig.storage.url}/0`) => {
  rig.adobe.script('GET', statusPath, success(url));
  return rig.follow(await rig.accepted());
};

/** A running batch with so many jobs, of which none has ended. */
const batchOf = async ({ context: { table } }: Rig, jobs: number): Promise<string> => {
  const batchId = uuid();
  const batch = { batchId, caller: 'alice', priority: 'low', retentionSeconds: 86_400 } as const;
  await createBatch(table, batch, table.clock.now() + 60_000);
  await updateItem(table, batchKey(batchId), { set: { jobs, state: 'running' } });
  return batchId;
};

describe.concurrent('the end of a job', () => {
  it.each([
    ['has the report of its batch asked for at once if it is the last', 1, 1],
    ['does nothing of the kind while others are open', 2, 0],
  ])('%s', async (_, jobs, dispatches) => {
    const rig = await servers.rig();
    rig.storage.script('GET', '/0', picture('a picture'));
    rig.adobe.script('GET', statusPath, success(`${rig.storage.url}/0`));
    const accepted = await rig.accepted({}, { batchId: await batchOf(rig, jobs), line: 1 });
    expect((await rig.follow(accepted)).end).toEqual({ state: 'succeeded' });
    expect(rig.dispatches).toBe(dispatches);
  });
});

describe.concurrent('outputs', () => {
  it('end up in S3 in the order of Adobe, described well enough to be made again', async () => {
    const rig = await servers.rig();
    rig.adobe.script('POST', submitPath, acceptance(rig.adobe));
    rig.adobe.script('GET', statusPath, success(`${rig.storage.url}/a?X-Amz-Signature=1`, `${rig.storage.url}/b`));
    rig.storage.script('GET', '/a?X-Amz-Signature=1', picture('first picture', 'image/jpeg'));
    rig.storage.script('GET', '/b', picture('second', 'image/png; charset=binary'));
    const scheduled = await rig.scheduled({ fields: { request: '{"prompt":"a cat","seeds":[100,101]}' } });
    const { end, job } = await rig.follow(scheduled);

    expect(end).toEqual({ state: 'succeeded' });
    const prefix = outputsFolder(job);
    const expected = [
      { key: `${prefix}0.jpg`, sha256: sha256('first picture'), bytes: 13, contentType: 'image/jpeg', seed: 100 },
      { key: `${prefix}1.png`, sha256: sha256('second'), bytes: 6, contentType: 'image/png', seed: 101 },
    ];
    expect(job).toMatchObject({
      state: 'succeeded',
      outputs: expected.map((output) => ({ bucket: 'outputs', ...output })),
      result: { size: { width: 2048, height: 2048 }, contentClass: 'art' },
      upstream: { jobId: 'urn:ff:jobs:eso851211:8b2c' },
    });
    expect(job.history.map(({ state }) => state)).toEqual([
      'queued',
      'scheduled',
      'submitting',
      'running',
      'storing',
      'succeeded',
    ]);

    const stored = await rig.stored();
    expect(stored.get(`${prefix}0.jpg`)).toEqual({ bytes: Buffer.from('first picture'), contentType: 'image/jpeg' });
    expect(stored.get(`${prefix}1.png`)).toEqual({ bytes: Buffer.from('second'), contentType: 'image/png' });
    const description = JSON.parse(stored.get(`${prefix}job.json`)?.bytes.toString() ?? '');
    expect(description).toMatchObject({
      jobId: job.jobId,
      operation: 'images/generate',
      modelVersion: 'image4_standard',
      request: { prompt: 'a cat', seeds: [100, 101] },
      result: { contentClass: 'art' },
      upstream: { jobId: 'urn:ff:jobs:eso851211:8b2c', acceptedAt: job.upstream?.acceptedAt },
      outputs: expected,
    });

    expect(rig.adobe.asked('POST', submitPath)).toHaveLength(1);
    expect(rig.metrics).toEqual(['JobsSucceeded']);
    expect(rig.events).toMatchObject([{ jobId: job.jobId, status: 'succeeded', outputs: job.outputs }]);
  });

  it('are fetched without the token', async () => {
    const rig = await servers.rig();
    rig.storage.script('GET', '/0', picture('x'));
    await storeOne(rig);
    const sent = JSON.stringify(rig.storage.seen);
    expect(rig.storage.seen).toHaveLength(1);
    expect(sent).not.toContain('token-first');
    expect(sent.toLowerCase()).not.toContain('authorization');
    expect(sent).not.toContain('client-of-the-test');
  });

  it('that a browser might run are stored so that it saves them, and of unknown types as mere bytes', async () => {
    const rig = await servers.rig();
    rig.adobe.script('POST', submitPath, acceptance(rig.adobe));
    rig.adobe.script('GET', statusPath, success(`${rig.storage.url}/a`, `${rig.storage.url}/b`));
    rig.storage.script('GET', '/a', picture('<svg onload="x()"/>', 'image/svg+xml'));
    rig.storage.script('GET', '/b', picture('?', 'Text/X-Anything; charset=x'));
    const { job } = await rig.follow(await rig.scheduled());
    const prefix = outputsFolder(job);
    expect(job.outputs).toMatchObject([
      { key: `${prefix}0.svg`, contentType: 'image/svg+xml' },
      { key: `${prefix}1.bin`, contentType: 'application/octet-stream' },
    ]);
    const stored = await rig.stored();
    expect(stored.get(`${prefix}0.svg`)).toMatchObject({ contentType: 'image/svg+xml', disposition: 'attachment' });
    expect(stored.get(`${prefix}1.bin`)).toMatchObject({ disposition: 'attachment' });
  });

  it('that are videos are stored as such, also where their server does not tell what they are', async () => {
    const rig = await servers.rig();
    const result = { outputs: [{ seed: 1, video: { url: `${rig.storage.url}/0` } }] };
    rig.adobe.script('GET', statusPath, { status: 200, body: { status: 'succeeded', jobId: '8b2c', result } });
    rig.storage.script('GET', '/0', picture('frames', 'binary/octet-stream'));
    const { job } = await rig.follow(await rig.accepted({}, { operation: 'videos/generate' }));
    expect(job.outputs).toMatchObject([{ key: `${outputsFolder(job)}0.mp4`, contentType: 'video/mp4' }]);
  });

  it('larger than one part are stored as they are', async () => {
    const rig = await servers.rig();
    const bytes = Buffer.alloc(9 * 1024 * 1024, 'firefly');
    rig.storage.script('GET', '/0', { status: 200, headers: { 'content-type': 'image/png' }, body: bytes });
    const { job } = await storeOne(rig);
    expect(job.outputs?.[0]).toMatchObject({ bytes: bytes.length, sha256: sha256(bytes) });
    expect((await rig.stored()).get(job.outputs?.[0]?.key ?? '')?.bytes.equals(bytes)).toBe(true);
  });
});

describe.concurrent('an output URL that has expired', () => {
  it('is asked for anew, once, and the output stored from the fresh one', async () => {
    const rig = await servers.rig();
    rig.adobe.script('GET', statusPath, success(`${rig.storage.url}/old`), success(`${rig.storage.url}/fresh`));
    rig.storage.script('GET', '/old', { status: 403, body: '<Error><Code>AccessDenied</Code></Error>' });
    rig.storage.script('GET', '/fresh', picture('still there'));
    const { job } = await rig.follow(await rig.accepted());
    expect(job).toMatchObject({ state: 'succeeded', outputs: [{ sha256: sha256('still there') }] });
    expect(rig.adobe.asked('GET', statusPath)).toHaveLength(2);
  });

  it('is asked for with a fresh token as well', async () => {
    const rig = await servers.rig();
    const refused = { status: 401, body: { error_code: '401013' } };
    rig.adobe.script(
      'GET',
      statusPath,
      success(`${rig.storage.url}/old`),
      refused,
      success(`${rig.storage.url}/fresh`),
    );
    rig.storage.script('GET', '/old', { status: 403 });
    rig.storage.script('GET', '/fresh', picture('still there'));
    expect((await rig.follow(await rig.accepted())).job.state).toBe('succeeded');
    expect(rig.tokens.refused).toHaveLength(1);
  });
});

describe.concurrent('a download that breaks', () => {
  it.each<[string, ScriptedAnswer]>([
    ['in the middle', { fault: 'cut' }],
    ['before its first byte', { fault: 'reset' }],
    ['with 503', { status: 503 }],
  ])('%s is begun again; nothing short is kept', async (_, answer) => {
    const rig = await servers.rig();
    rig.storage.script('GET', '/0', answer, picture('whole'));
    const { job } = await storeOne(rig);
    expect(job).toMatchObject({ state: 'succeeded', outputs: [{ sha256: sha256('whole'), bytes: 5 }] });
    const keys = [...(await rig.stored()).keys()].filter((key) => key.startsWith(outputsFolder(job)));
    expect(keys.toSorted()).toEqual([`${outputsFolder(job)}0.jpg`, `${outputsFolder(job)}job.json`]);
  });
});

describe.concurrent('an output that may not be stored', () => {
  const refused = async (rig: Rig, url?: string): Promise<string> => {
    const { end, job } = await storeOne(rig, url);
    expect(end).toEqual({ state: 'failed' });
    expect(job.error?.code).toBe('output_not_stored');
    expect([...(await rig.stored()).keys()].filter((key) => key.startsWith(outputsFolder(job)))).toEqual([]);
    expect(rig.metrics).toEqual(['JobsFailed']);
    expect(rig.events).toMatchObject([{ status: 'failed' }]);
    return job.error?.message ?? '';
  };

  it('because it is too large is fetched once and leaves nothing behind, no part either', async () => {
    const rig = await servers.rig({ outputMaxBytes: 9_000_000 });
    rig.storage.script('GET', '/0', {
      status: 200,
      headers: { 'content-type': 'image/tiff' },
      body: Buffer.alloc(20_000_000),
    });
    const uploads: string[] = [];
    rig.context.s3.middlewareStack.add(
      (next, context) => (args) => {
        const { Key = '' } = args.input as { Key?: string };
        const name = String((context as { commandName?: string }).commandName);
        if (Key.endsWith('/0.tif') && name.includes('MultipartUpload')) uploads.push(name);
        return next(args);
      },
      { step: 'initialize' },
    );
    expect(await refused(rig)).toContain('9000000 bytes');
    expect(rig.storage.seen).toHaveLength(1);
    expect(uploads).toEqual(['CreateMultipartUploadCommand', 'AbortMultipartUploadCommand']);
  });

  it('because its host is not allowed is not fetched', async () => {
    const rig = await servers.rig({ allowsDownload: createAllowList(['.adobe.io']) });
    expect(await refused(rig)).toContain('may not be fetched');
    expect(rig.storage.seen).toEqual([]);
  });

  it('because it redirects to another host is not fetched there', async () => {
    const [rig, elsewhere] = await Promise.all([servers.rig(), startFakeAdobe()]);
    rig.storage.script('GET', '/0', { status: 302, headers: { location: `${elsewhere.url}/0` } });
    expect(await refused(rig)).toContain('may not be fetched');
    expect(rig.storage.seen).toHaveLength(1);
    expect(elsewhere.seen).toEqual([]);
    await elsewhere.close();
  });
});
