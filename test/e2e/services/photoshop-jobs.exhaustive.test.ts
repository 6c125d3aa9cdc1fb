import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Body, type PhotoshopRig, startPhotoshop, urlsOf } from './photoshop.ts';

describe('Photoshop and the host of images, from HTTP to objects in S3', () => {
  let rig: PhotoshopRig;
  let image: PhotoshopRig['image'];
  beforeAll(async () => {
    rig = await startPhotoshop();
    ({ image } = rig);
  });
  afterAll(() => rig?.close());

  it('an edit and a mask: files are stored, and named where Adobe names them', async () => {
    const outputs = [{ mediaType: 'image/jpeg', quality: 'high' }, { mediaType: 'image/png' }];
    const [edited, masked] = await Promise.all([
      rig.run('/v2/edit', { image, edits: { autoTone: true }, outputs }),
      rig.run('/v1/refine-mask', { image, mask: image }),
    ]);
    expect(edited.job.outputs.map(({ contentType }) => contentType)).toEqual(['image/jpeg', 'image/png']);
    await rig.expectStored(edited.job, urlsOf(edited.status));
    expect(edited.status).toMatchObject({ status: 'succeeded', createdTime: expect.any(String) });
    const { mask } = z.object({ mask: z.object({ destination: z.object({ url: z.url() }) }) }).parse(masked.status);
    await rig.expectStored(masked.job, [mask.destination.url]);
    expect(new URL(masked.statusUrl).pathname).toMatch(/^\/v1\/status\//);
  });

  it('what Adobe embeds is stored, and embedded again', async () => {
    const { job, status } = await rig.run('/v2/generate-manifest', {
      image,
      includeLayerThumbnails: true,
      outputs: [
        { mediaType: 'application/json', destination: { embedded: 'json' } },
        { mediaType: 'application/json', destination: { embedded: 'string' } },
      ],
    });
    expect(job).toMatchObject({ status: 'succeeded', outputs: [{ contentType: 'application/json' }, {}] });
    const manifest = { document: { imageMode: 'grayscale' }, layers: [{ thumbnail: expect.any(String) }] };
    expect(status).toMatchObject({
      result: {
        outputs: [
          { destination: { embedded: 'json', content: manifest }, mediaType: 'application/json' },
          { destination: { embedded: 'string', content: expect.stringContaining('grayscale') } },
        ],
      },
    });
    expect(JSON.parse(Buffer.from(await rig.read(job.outputs[0])).toString())).toMatchObject(manifest);
  });

  it('goes on from an output of an earlier job, with another service', async () => {
    const cut = await rig.run('/v2/remove-background', { image, mode: 'cutout' });
    await rig.expectStored(cut.job, urlsOf(cut.status));
    const source = { url: `job:${cut.job.jobId}/0` };
    const { job } = await rig.run('/v2/edit', { image: { source }, outputs: [{ mediaType: 'image/png' }] });
    expect(job).toMatchObject({ status: 'succeeded', request: { image: { source } } });
    expect(rig.gateway.logLines.join('\n')).not.toContain('X-Amz-Signature');
  });

  it.each<[string, () => Body, string, Body]>([
    [
      '/v2/edit',
      () => ({ image, outputs: [{ mediaType: 'image/png', quality: 'low' }] }),
      'outputs.0.quality',
      { error_code: 'validation_error', errors: [{ message: expect.stringContaining('outputs.0.quality: ') }] },
    ],
    [
      '/v2/remove-background',
      () => ({ image: { source: { url: 'https://example.com/a.png' } } }),
      'image.source.url',
      { error_code: 'validation_error' },
    ],
    [
      '/v1/refine-mask',
      () => ({ image }),
      'mask',
      { code: 'input_validation_error', details: [{ name: 'mask', reason: expect.any(String) }] },
    ],
  ])('%s: what Adobe would refuse is refused by the name of its field', async (path, body, named, words) => {
    const answer = await rig.post(path, body());
    expect(answer).toMatchObject({ status: 422, body: words });
    expect(JSON.stringify(answer.body)).toContain(named);
  });

  it('a job that Adobe fails has its code, in the words of its service', async () => {
    const addFault = rig.gateway.stack.simulator?.faults.add;
    addFault?.({ fault: 'job', outcome: 'failed', errorCode: '400411', times: 1, path: '/v2/edit' });
    addFault?.({ fault: 'job', outcome: 'failed', errorCode: 'processing_error', times: 1, path: '/v1/mask-objects' });
    const [edited, masked] = await Promise.all([
      rig.run('/v2/edit', { image, outputs: [{ mediaType: 'image/png' }] }),
      rig.run('/v1/mask-objects', { image }),
    ]);
    expect(edited.job).toMatchObject({ status: 'failed', error: { code: '400411' } });
    expect(edited.status).toMatchObject({ status: 'failed', errorDetails: [{ errorCode: '400411' }] });
    expect(masked.status).toMatchObject({ status: 'failed', error_code: 'processing_error' });
  });

  it('an output that cannot be read costs itself only', async () => {
    const outputs = [{ destination: { embedded: 'base64', content: 'iVBORw0KGgo=' }, mediaType: 'image/png' }, {}];
    const body = { status: 'succeeded', result: { outputs } };
    rig.gateway.stack.simulator?.faults.add({ fault: 'answer', status: 200, body, path: '/v2/status/', times: 1 });
    const { job, status } = await rig.run('/v2/edit', {
      image,
      outputs: [{ mediaType: 'image/png', destination: { embedded: 'base64' } }, { mediaType: 'image/jpeg' }],
    });
    expect(job).toMatchObject({ status: 'partially_succeeded', outputs: [{ contentType: 'image/png', bytes: 8 }] });
    expect(status).toMatchObject({ status: 'succeeded', errorDetails: [{ errorCode: expect.any(String) }] });
  });
});
