import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Body, type PhotoshopRig, startPhotoshop, urlsOf } from './photoshop.ts';

describe('every operation of Photoshop and of the host of images', () => {
  let rig: PhotoshopRig;
  let image: PhotoshopRig['image'];
  beforeAll(async () => {
    rig = await startPhotoshop();
    ({ image } = rig);
  });
  afterAll(() => rig?.close());

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
    ['/v2/remove-background', () => ({ image, mode: 'psd' }), ['image/vnd.adobe.photoshop']],
  ])('%s: each output is stored, and named where Adobe names it', async (path, body, types) => {
    const { job, status } = await rig.run(path, body());
    expect(job.outputs.map(({ contentType }) => contentType)).toEqual(types);
    await rig.expectStored(job, urlsOf(status));
    expect(status).toMatchObject({ status: 'succeeded', createdTime: expect.any(String) });
  });

  const cropUrls = z
    .object({ crops: z.array(z.object({ boundingBoxes: z.array(z.object({ url: z.url() })) })) })
    .transform(({ crops }) => crops.flatMap(({ boundingBoxes }) => boundingBoxes.map(({ url }) => url)));
  const crops = z.object({ result: z.union([cropUrls, z.object({ outputs: cropUrls })]) });

  it('/v1/auto-crop: as many crops as there are ratios, and no file at all for boxes', async () => {
    const request = { image, mode: 'smartCrop', aspectRatio: ['1:1', '16:9'] };
    const { job, status } = await rig.run('/v1/auto-crop', request);
    const { result } = crops.parse(status);
    await rig.expectStored(job, Array.isArray(result) ? result : result.outputs);
    const detected = await rig.run('/v1/auto-crop', { image, mode: 'objectDetection', focus: ['a boat'] });
    expect(detected.job).toMatchObject({ status: 'succeeded', outputs: [] });
    expect(JSON.stringify(detected.status)).toContain('"objectName":"a boat"');
  });

  const masks = z.array(z.object({ label: z.string(), destination: z.object({ url: z.url() }) }));
  const maskStatus = z.object({
    semanticMasks: masks.optional(),
    backgroundMasks: masks.optional(),
    masks: masks.optional(),
    mask: z.object({ destination: z.object({ url: z.url() }) }).optional(),
    image: z.object({ destination: z.object({ url: z.url() }) }).optional(),
  });

  it.each<[string, () => Body, string[]]>([
    ['/v1/mask-objects', () => ({ image }), ['person', 'car', 'sky']],
    [
      '/v1/mask-body-parts',
      () => ({ image, mask: image, useGranularLabels: true }),
      ['Hat', 'Left Shoe', 'Right Shoe'],
    ],
    ['/v1/refine-mask', () => ({ image, mask: image }), []],
    ['/v1/refine-mask', () => ({ image, mask: image, colorDecontamination: true }), []],
    ['/v1/fill-masked-areas', () => ({ image, masks: [image, image] }), []],
  ])('%s: files stay beside their labels at the top of the status', async (path, body, labels) => {
    const { job, status, statusUrl } = await rig.run(path, body());
    expect(new URL(statusUrl).pathname).toMatch(/^\/v1\/status\//);
    const found = maskStatus.parse(status);
    const labelled = [...(found.semanticMasks ?? []), ...(found.backgroundMasks ?? []), ...(found.masks ?? [])];
    expect(labelled.map(({ label }) => label)).toEqual(labels);
    const files = [...labelled, found.mask ?? [], found.image ?? []].flat();
    await rig.expectStored(
      job,
      files.map(({ destination }) => destination.url),
    );
  });

  it('lines of batches name their operation, in JSON and in a table', async () => {
    const { url } = image.source;
    const lines = [
      { operation: 'photoshop/edit', id: 'a', body: { image, outputs: [{ mediaType: 'image/jpeg' }] } },
      { operation: 'photoshop/remove-background', id: 'b', body: { image } },
      { operation: 'masking/mask-objects', id: 'c', body: {} },
    ];
    const jsonl = await rig.runBatch('application/x-ndjson', lines.map((line) => JSON.stringify(line)).join('\n'));
    expect(jsonl.counts).toMatchObject({ succeeded: 2, rejected: 1 });
    const table = [
      'operation,image.source.url,outputs.0.mediaType,edits.light.exposure,sku',
      `photoshop/edit,${url},image/png,0.5,17`,
      `photoshop/remove-background,${url},,,18`,
    ];
    const csv = await rig.runBatch('text/csv', table.join('\n'));
    expect(csv.counts).toMatchObject({ succeeded: 2 });
  });
});
