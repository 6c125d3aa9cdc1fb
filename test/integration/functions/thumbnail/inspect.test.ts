import { Readable } from 'node:stream';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inspectFile } from '#functions/thumbnail/inspect-file.ts';
import { createPictureSigner } from '#local/simulator/manner/content-credentials.ts';
import { video } from '#local/simulator/outputs/filler.ts';
import { manifestKey, thumbnailKey, thumbnailWidths } from '#shared/deployment/bucket.ts';
import { deleteJob } from '#shared/jobs/job-store.ts';
import { claimSize, drawPicture, readPicture } from '#test/fixtures/pictures.ts';
import { type Rig, type Servers, startServers } from './rig.ts';

let servers: Servers;
let rig: Rig;
let picture: Buffer;

beforeAll(async () => {
  [servers, picture] = await Promise.all([startServers(), drawPicture('png')]);
});

beforeEach(async () => {
  rig = await servers.rig();
});

afterAll(() => servers?.close());

const thumbnailsOf = (key: string) => thumbnailWidths.map((width) => thumbnailKey({ key }, width)).sort();
const manifestOf = async (job: Parameters<typeof manifestKey>[0]) => (await rig.read(manifestKey(job))).toString();
const only = <Value>(values: readonly Value[]): Value => {
  if (values.length !== 1) throw new Error(`There are ${values.length}.`);
  return values[0] as Value;
};

describe('a new output', () => {
  it('gets thumbnails, and what was found out stands in record, job.json and event', async () => {
    const sign = await createPictureSigner({ organization: 'Studio', generator: 'A model' });
    const job = await rig.store([Buffer.from(await sign(picture))]);
    const { key } = only(job.outputs);
    expect(await rig.run(rig.created(key))).toEqual({ outcome: 'inspected' });

    expect((await rig.keys(`thumbnails/${key}/`)).sort()).toEqual(thumbnailsOf(key));
    expect(await readPicture(await rig.read(thumbnailKey({ key }, 256)))).toMatchObject({ format: 'webp', width: 64 });
    const provenance = { state: 'valid', generator: 'A model', signer: 'Studio', aiGenerated: true };
    const { inspections, inspectedAt, outputs } = await rig.job(job.jobId);
    expect(inspections).toEqual({
      output0: { attempts: 1, begunAt: expect.any(String), thumbnail: 'made', width: 64, height: 48, provenance },
    });
    expect(inspectedAt).toEqual(expect.any(String));
    expect(outputs).toBeUndefined();
    const { type, detail } = only(rig.events);
    expect(type).toBe('Output Inspected');
    expect(detail).toMatchObject({ jobId: job.jobId, index: 0, key, thumbnail: 'made', width: 64, provenance });
    const manifest = await manifestOf(job);
    // What generate wrote stays as it was written.
    expect(manifest).toContain('"seed": 1234567890123456789012');
    expect(JSON.parse(manifest).outputs).toEqual([
      expect.objectContaining({ key, bytes: expect.any(Number), width: 64, height: 48, provenance }),
    ]);
  });

  it('that is a film has no thumbnail, but content credentials', async () => {
    const sign = await createPictureSigner({ organization: 'Studio', generator: 'A model' });
    const job = await rig.store([Buffer.from(await sign(video(1))), Buffer.from(video(2))]);
    for (const { key } of job.outputs) await rig.run(rig.created(key));
    expect((await rig.job(job.jobId)).inspections).toMatchObject({
      output0: { thumbnail: 'unsupported', provenance: { state: 'valid', signer: 'Studio' } },
      output1: { thumbnail: 'unsupported', provenance: { state: 'none' } },
    });
  });

  it('that comes before its job.json is written there when that comes, and once', async () => {
    const job = await rig.store([picture], { manifest: false });
    await rig.run(rig.created(only(job.outputs).key));
    await rig.writeManifest(job);
    const event = rig.created(manifestKey(job));
    await rig.run(event);
    const completed = await manifestOf(job);
    expect(JSON.parse(completed).outputs[0]).toMatchObject({ width: 64, provenance: { state: 'none' } });
    const before = rig.effects.length;
    await rig.run(event);
    expect(rig.effects.length).toBe(before);
  });

  it('is one of several that are inspected at once, and none is lost', async () => {
    const job = await rig.store([picture, picture, picture, picture]);
    await Promise.all(job.outputs.map(({ key }) => rig.run(rig.created(key))));
    const { inspections = {} } = await rig.job(job.jobId);
    expect(Object.keys(inspections).sort()).toEqual(['output0', 'output1', 'output2', 'output3']);
    const { outputs } = JSON.parse(await manifestOf(job));
    expect(outputs.map(({ width }: { width?: number }) => width)).toEqual([64, 64, 64, 64]);
  });

  it('announced twice at once is inspected as if once', async () => {
    const job = await rig.store([picture]);
    const { key } = only(job.outputs);
    await Promise.all([rig.run(rig.created(key)), rig.run(rig.created(key))]);
    expect(await rig.keys(`thumbnails/${key}`)).toHaveLength(3);
    expect(rig.events.length).toBeGreaterThan(0);
    expect(await rig.run(rig.created(key))).toEqual({ outcome: 'known' });
  });

  it('of an older job is inspected when somebody wants to see it, and not announced again', async () => {
    const job = await rig.store([picture]);
    const { key } = only(job.outputs);
    const wanted = { jobId: job.jobId, index: 0, key };
    expect(await rig.run(wanted)).toEqual({ outcome: 'inspected' });
    expect(await rig.run(wanted)).toEqual({ outcome: 'known' });
    expect(rig.events).toHaveLength(1);
  });
});

describe('a file that is no picture, or a hostile one', () => {
  const size = { width: 60_000, height: 60_000 };
  const files: [string, () => Promise<Buffer>, object][] = [
    ['a text', async () => Buffer.from('{"a":1}'), { thumbnail: 'unsupported' }],
    ['nothing', async () => Buffer.alloc(0), { thumbnail: 'unsupported' }],
    ['a GIF', () => drawPicture('gif'), { thumbnail: 'unsupported' }],
    ['a PNG of 3.6 gigapixels', async () => claimSize(picture, size), { thumbnail: 'too_large', ...size }],
    [
      'a JPEG of 3.6 gigapixels',
      async () => claimSize(await drawPicture('jpeg'), size),
      { thumbnail: 'too_large', ...size },
    ],
    [
      'a PNG of 10 gigapixels',
      async () => claimSize(picture, { width: 100_000, height: 100_000 }),
      { thumbnail: 'too_large', width: 100_000 },
    ],
    ['a WebP that is larger than its canvas', () => hideInWebp(picture), { thumbnail: 'unreadable', width: 10 }],
    ['a GIF that is a script as well', async () => Buffer.from('GIF89a=1;alert(1)//'), { thumbnail: 'unsupported' }],
    ['a PNG that breaks off', async () => picture.subarray(0, 60), { thumbnail: 'unreadable' }],
    ['the beginning of a JPEG', async () => Buffer.from([0xff, 0xd8, 0xff]), { thumbnail: 'unreadable' }],
  ];

  it.each(files)('%s costs its thumbnail only, and is not tried again', async (_, draw, found) => {
    const job = await rig.store([await draw()]);
    const event = rig.created(only(job.outputs).key);
    expect(await rig.run(event)).toEqual({ outcome: 'inspected' });
    expect((await rig.job(job.jobId)).inspections?.['output0']).toMatchObject({ attempts: 1, ...found });
    expect(only(rig.events).detail).toMatchObject({ ...found, thumbnails: [] });
    expect(await rig.keys('thumbnails/')).toEqual(expect.not.arrayContaining([expect.stringContaining(job.jobId)]));
    const before = rig.effects.length;
    expect(await rig.run(event)).toEqual({ outcome: 'known' });
    expect(rig.effects.slice(before)).toEqual(['PutEvents']);
  });

  it('leaves nothing of what stands behind its pixels in a thumbnail', async () => {
    const script = '<script>alert(1)</script>';
    const job = await rig.store([Buffer.concat([picture, Buffer.from(`PK\u0003\u0004${script}`)])]);
    const { key } = only(job.outputs);
    await rig.run(rig.created(key));
    const thumbnail = await rig.read(thumbnailKey({ key }, 256));
    expect(await readPicture(thumbnail)).toMatchObject({ format: 'webp', width: 64 });
    expect(thumbnail.includes(script)).toBe(false);
  });

  it('of more than 64 MB is not even read', async () => {
    const body = Readable.from([picture]);
    expect(await inspectFile(rig.context.codecs, body, 64 * 1024 * 1024 + 1)).toEqual({ thumbnail: 'too_large' });
    expect(body.destroyed).toBe(true);
  });

  it('that ends the process twice is given up the third time', async () => {
    const job = await rig.store([picture]);
    const { key } = only(job.outputs);
    const { codecs } = rig.context;
    rig.context.codecs = { ...codecs, decode: () => new Promise(() => {}) };
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      // Lambda ends a function that takes too long, and nothing in it learns of that.
      void rig.run(rig.created(key));
      await expect.poll(async () => (await rig.job(job.jobId)).inspections?.['output0']?.attempts).toBe(attempt);
      rig.aheadMs += 61_000;
    }
    expect(await rig.run(rig.created(key))).toEqual({ outcome: 'inspected' });
    expect((await rig.job(job.jobId)).inspections?.['output0']).toMatchObject({ attempts: 3, thumbnail: 'unreadable' });
  });

  it('is not at fault when S3 fails', async () => {
    const job = await rig.store([picture]);
    const { key } = only(job.outputs);
    const { bucket } = rig.context;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const failing = rig.run(rig.created(key));
      // Where thumbnails go is gone.
      rig.context.bucket = 'nowhere';
      await expect(failing).rejects.toThrow();
      rig.context.bucket = bucket;
    }
    expect(await rig.run(rig.created(key))).toEqual({ outcome: 'inspected' });
    expect((await rig.job(job.jobId)).inspections?.['output0']).toMatchObject({ attempts: 1, thumbnail: 'made' });
  });
});

/** A picture in a file whose header claims a canvas of ten by ten pixels. */
const hideInWebp = async (file: Buffer): Promise<Buffer> => {
  const whole = await sharp(file).webp({ lossless: true }).toBuffer();
  const header = Buffer.alloc(18);
  header.write('VP8X', 'latin1');
  header.writeUInt32LE(10, 4);
  header.writeUIntLE(9, 12, 3);
  header.writeUIntLE(9, 15, 3);
  const hidden = Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBP'), header, whole.subarray(whole.indexOf('VP8L'))]);
  hidden.writeUInt32LE(hidden.length - 8, 4);
  return hidden;
};

describe('an output that is erased', () => {
  it('before it is inspected leaves nothing', async () => {
    const job = await rig.store([picture]);
    const { key } = only(job.outputs);
    await rig.remove(key);
    expect(await rig.run(rig.created(key))).toEqual({ outcome: 'gone' });
    expect(await rig.keys(`thumbnails/${key}`)).toEqual([]);
  });

  it('while it is inspected leaves neither thumbnails nor a record', async () => {
    const job = await rig.store([picture]);
    const { key } = only(job.outputs);
    const { codecs, table } = rig.context;
    rig.context.codecs = {
      ...codecs,
      encodeWebp: async (image) => {
        await rig.remove(key);
        await deleteJob(table, job.jobId);
        return codecs.encodeWebp(image);
      },
    };
    expect(await rig.run(rig.created(key))).toEqual({ outcome: 'gone' });
    expect(await rig.keys(`thumbnails/${key}`)).toEqual([]);
    await expect(rig.job(job.jobId)).rejects.toThrow('There is no job');
    expect(rig.events).toEqual([]);
  });

  it('of nobody is left alone', async () => {
    const job = await rig.store([picture]);
    await deleteJob(rig.context.table, job.jobId);
    expect(await rig.run(rig.created(only(job.outputs).key))).toEqual({ outcome: 'gone' });
    expect(await rig.run(rig.created('outputs/elsewhere/job.json'))).toEqual({ outcome: 'gone' });
  });
});
