import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { localClients } from '#local/clients.ts';
import { stackNames } from '#local/stack-settings.ts';
import { type Gateway, startGateway, withoutPictures } from '#test/fixtures/gateway.ts';

let gateway: Gateway;
let s3: ReturnType<typeof localClients>['s3'];

beforeAll(async () => {
  gateway = await startGateway({ ...withoutPictures, services: ['substance'] });
  s3 = localClients(gateway.stack.description).s3;
  await s3.send(new PutObjectCommand({ Bucket: stackNames.bucket, Key: model.key, Body: 'glTF a bottle' }));
});
afterAll(async () => {
  s3?.destroy();
  await gateway?.close();
});

// In the folder of the caller whom the stack takes requests without a header for.
const model = { key: 'inbox/local/bottle.glb' };
const sources = [{ url: { url: `s3://${stackNames.bucket}/${model.key}`, filename: 'bottle.glb' } }];
const scene = { models: { imports: [{ file: 'bottle.glb' }] } };

const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
  const response = await gateway.call(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

const accepted = z.object({ id: z.uuid(), url: z.url(), status: z.literal('not_started') });

const finish = async (path: string, body: object) => {
  const answer = await post(path, body);
  expect(answer).toMatchObject({ status: 202 });
  const { id, url } = accepted.parse(answer.body);
  const job = await gateway.until(id);
  return { job, status: (await (await gateway.call(url)).json()) as Record<string, unknown> };
};

const read = async (key: string): Promise<Buffer> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: stackNames.bucket, Key: key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};

const space = z.object({ files: z.array(z.object({ name: z.string(), url: z.url() })) });

describe('Substance 3D', () => {
  it('renders a scene out of a file in S3, and stores each file of its space once', async () => {
    const extraOutputs = { exportMaterialMasks: {}, exportDistanceToCamera: true };
    const { job, status } = await finish('/v1/scenes/render', { sources, scene, extraOutputs });
    expect(job).toMatchObject({ status: 'succeeded', operation: 'substance/render' });
    expect(job.outputs).toHaveLength(4);
    expect(job.outputs[0]).toMatchObject({ contentType: 'image/png' });
    expect((await read(job.outputs[0]?.key ?? '')).subarray(1, 4).toString()).toBe('PNG');

    const { renderUrl, outputSpace } = z.object({ renderUrl: z.url(), outputSpace: space }).parse(status['result']);
    expect(status).toMatchObject({ status: 'succeeded', id: job.jobId });
    expect(outputSpace.files.map(({ name }) => name)).toEqual([
      'distance.npy',
      'mask-glass.png',
      'mask-label.png',
      'render0000.png',
    ]);
    const stored = await (await fetch(renderUrl)).arrayBuffer();
    expect(Buffer.from(stored)).toEqual(await read(job.outputs[0]?.key ?? ''));
  });

  it.each([
    ['/v1/scenes/render-basic', { scene: { modelFile: 'bottle.glb' } }, 'renderUrl'],
    ['/v1/scenes/assemble', { scene, encoding: 'glb', fileBaseName: 'still-life' }, 'sceneUrl'],
    ['/v1/scenes/convert', { format: 'usdz' }, undefined],
  ])('POST %s', async (path, body, member) => {
    const { job, status } = await finish(path, { sources, ...body });
    expect(job).toMatchObject({ status: 'succeeded', outputs: [{}] });
    const { outputSpace, ...result } = z.looseObject({ outputSpace: space }).parse(status['result']);
    const url = member === undefined ? outputSpace.files[0]?.url : String(result[member]);
    expect(Buffer.from(await (await fetch(url ?? '')).arrayBuffer())).toEqual(await read(job.outputs[0]?.key ?? ''));
  });

  it('describes a scene in the status and in a file', async () => {
    const { job, status } = await finish('/v1/scenes/describe', { sources });
    expect(status['result']).toMatchObject({ stats: { numMeshes: 1, nodesHierarchy: { name: 'root' } } });
    const file = await read(job.outputs[0]?.key ?? '');
    expect(JSON.parse(file.toString())).toEqual((status['result'] as { stats: unknown }).stats);
  });

  it('composes variations, whose pictures are the first outputs', async () => {
    const body = { sources, prompt: 'on a beach', heroAsset: 'bottle', numVariations: 2 };
    const { job, status } = await finish('/v1/composites/compose', body);
    expect(job.outputs).toHaveLength(6);
    const { outputs } = z
      .object({ outputs: z.array(z.object({ seed: z.int(), image: z.object({ url: z.url() }) })) })
      .parse(status['result']);
    expect(outputs).toHaveLength(2);
    for (const [index, { image }] of outputs.entries()) {
      expect(new URL(image.url).pathname).toContain(job.outputs[index]?.key);
    }
  });

  it('answers with the result of a job that its caller waits for', async () => {
    const body = { sources, format: 'glb' };
    const answer = await post('/v1/scenes/convert?wait=true', body);
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'succeeded', result: { outputSpace: { files: [{}] } } },
    });
  });

  it('takes an output of an earlier job as a source', async () => {
    const first = await finish('/v1/scenes/convert', { sources, format: 'glb' });
    const url = `job:${first.job.jobId}/0`;
    const { job } = await finish('/v1/scenes/describe', { sources: [{ url: { url } }] });
    expect(job).toMatchObject({ status: 'succeeded' });
    expect(gateway.logLines.join('\n')).not.toContain('X-Amz-Signature');
  });

  it.each([
    ['a format', { sources, format: 'stl' }, 'body.format'],
    [
      'a domain',
      { sources: [{ url: { url: 'https://example.com/a.glb' } }], format: 'glb' },
      'body.sources[0].url.url',
    ],
  ])('names %s that it would refuse, as Substance 3D does', async (_, body, loc) => {
    expect(await post('/v1/scenes/convert', body)).toMatchObject({
      status: 422,
      body: { error_code: 'validation_error', error_details: [{ loc }] },
    });
  });

  it('tells why a job has failed', async () => {
    const { simulator } = gateway.stack;
    const prompt = 'on a moon that fails';
    simulator?.faults.add({
      fault: 'job',
      service: 'substance',
      outcome: 'failed',
      message: 'No scene.',
      prompt,
      times: 1,
    });
    const { job, status } = await finish('/v1/composites/compose', { sources, prompt, heroAsset: 'bottle' });
    expect(job).toMatchObject({ status: 'failed', error: { code: 'failed', message: 'No scene.' } });
    expect(status).toMatchObject({ status: 'failed', error: 'No scene.' });
  });

  it('asks the space for the files of a job whose status is gone', async () => {
    const { simulator } = gateway.stack;
    // The first URL is refused, and by then the job is forgotten.
    simulator?.faults.add({ fault: 'answer', service: 'outputs', status: 403, times: 1 });
    simulator?.faults.add({
      fault: 'answer',
      path: '/v1/jobs/',
      status: 404,
      body: { error_code: 'not_found' },
      skip: 1,
    });
    const { job } = await finish('/v1/scenes/convert', { sources, format: 'glb' });
    simulator?.faults.clear();
    expect(job).toMatchObject({ status: 'succeeded', outputs: [{}] });
    const spaces = simulator?.requests().filter(({ path }) => path.startsWith('/v1/spaces/'));
    expect(spaces).toMatchObject([{ method: 'GET', status: 200, authorization: true }]);
  });

  it('says that the outcome of a job is lost that was forgotten before anybody asked', async () => {
    const { simulator } = gateway.stack;
    simulator?.faults.add({ fault: 'answer', path: '/v1/jobs/', status: 404, body: { error_code: 'not_found' } });
    const { job } = await finish('/v1/scenes/convert', { sources, format: 'glb' });
    simulator?.faults.clear();
    expect(job).toMatchObject({ status: 'failed', error: { code: 'outcome_forgotten' } });
  });

  it('is a line of a batch', async () => {
    const line = { id: 'one', operation: 'substance/convert', body: { sources, format: 'glb' } };
    const posted = await post('/batches', line);
    const { batchId } = z.object({ batchId: z.string() }).parse(posted.body);
    await vi.waitFor(
      async () => {
        await gateway.stack.lambda.invoke(stackNames.functions.dispatch, {});
        const batch = await (await gateway.call(`/batches/${batchId}`)).json();
        expect(batch).toMatchObject({ status: 'finished', counts: { succeeded: 1 } });
      },
      { timeout: 150_000, interval: 300 },
    );
  });
});
