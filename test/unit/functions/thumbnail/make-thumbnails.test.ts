import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { openCodecs } from '#functions/thumbnail/codecs.ts';
import { readImageHeader, UnreadableImageError } from '#functions/thumbnail/image-header.ts';
import { makeThumbnails } from '#functions/thumbnail/make-thumbnails.ts';
import { drawPicture, readPicture } from '#test/fixtures/pictures.ts';

const codecs = openCodecs();

const make = async (file: Buffer) => {
  const header = readImageHeader(file);
  if (header === undefined) throw new Error('This is no image.');
  const { files, ...size } = await makeThumbnails(codecs, file, header);
  return { ...size, files: Object.fromEntries(files.map(({ width, file: made }) => [width, made])) };
};

const colourAt = async (file: Uint8Array, left: number, top: number): Promise<number[]> => {
  const { width, height } = await readPicture(file);
  const place = { left: Math.floor(left * width), top: Math.floor(top * height), width: 1, height: 1 };
  return [...(await sharp(file).extract(place).removeAlpha().raw().toBuffer())];
};

describe('thumbnails', () => {
  it.each(['jpeg', 'png', 'webp'] as const)(
    'of a %s are WebPs of each width but no larger, and look like it',
    async (kind) => {
      const { files, ...size } = await make(await drawPicture(kind, { width: 540, height: 270 }));
      expect(size).toEqual({ width: 540, height: 270 });
      for (const [width, height] of [
        [256, 128],
        [512, 256],
        [1_024, 270],
      ] as const) {
        const file = files[width] ?? Buffer.alloc(0);
        expect(await readPicture(file)).toEqual({ format: 'webp', width: Math.min(540, width), height });
        const [red = 0, green = 0, blue = 0] = await colourAt(file, 0.75, 0.7);
        // Crimson.
        expect([Math.abs(red - 220), Math.abs(green - 20), Math.abs(blue - 60)].every((off) => off < 25)).toBe(true);
      }
    },
  );

  it('of a small image are as large as it is', async () => {
    const { files } = await make(await drawPicture('png', { width: 40, height: 30 }));
    for (const file of Object.values(files)) expect(await readPicture(file)).toMatchObject({ width: 40, height: 30 });
  });

  it('of a large image are made of means, in which what is transparent has no colour', async () => {
    const square = await sharp({
      create: { width: 1, height: 1, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 1 } },
    })
      .png()
      .toBuffer();
    const green = { r: 0, g: 255, b: 0, alpha: 0 };
    const image = sharp({ create: { width: 2_400, height: 40, channels: 4, background: green } });
    const { files } = await make(
      await image
        .composite([{ input: square, tile: true }])
        .png()
        .toBuffer(),
    );
    expect(await readPicture(files[1_024] ?? Buffer.alloc(0))).toMatchObject({ width: 1_024 });
    const [red = 0, rest = 0] = await colourAt(files[256] ?? Buffer.alloc(0), 0.5, 0.5);
    expect(red).toBeGreaterThan(240);
    expect(rest).toBeLessThan(15);
  });

  it('of a strip are whole', async () => {
    const { files } = await make(await drawPicture('png', { width: 20, height: 6_000 }));
    expect((await readPicture(files[256] ?? Buffer.alloc(0))).height).toBe(1_024);
  });

  it('stand as a camera was held', async () => {
    const turned = await sharp(await drawPicture('jpeg', { width: 60, height: 40 }))
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const { files, ...size } = await make(turned);
    expect(size).toEqual({ width: 40, height: 60 });
    expect(await readPicture(files[256] ?? Buffer.alloc(0))).toMatchObject({ width: 40, height: 60 });
  });

  it('of a broken file are none, and the next file has its own', async () => {
    for (const kind of ['jpeg', 'png', 'webp'] as const) {
      const file = await drawPicture(kind, { width: 200, height: 200 });
      // A table that is none, in the midst of what a decoder reads first.
      const broken = Buffer.concat([file.subarray(0, Math.floor(file.length * 0.3)), Buffer.alloc(50, 0x55)]);
      await make(broken).catch((error: unknown) => expect(error).toBeInstanceOf(UnreadableImageError));
      expect((await make(file)).width).toBe(200);
    }
  });
});
