import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readImageHeader, UnreadableImageError } from '#functions/thumbnail/image-header.ts';
import { claimSize, drawPicture } from '#test/fixtures/pictures.ts';

describe('the header of an image', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('tells kind and size of a %s', async (kind) => {
    const file = await drawPicture(kind, { width: 301, height: 17 });
    expect(readImageHeader(file)).toEqual({ kind, width: 301, height: 17 });
  });

  it('tells what is claimed, however large: it is not decoded', async () => {
    const size = { width: 60_000, height: 60_000 };
    expect(readImageHeader(claimSize(await drawPicture('png'), size))).toMatchObject(size);
    expect(readImageHeader(claimSize(await drawPicture('jpeg'), size))).toMatchObject(size);
  });

  it('tells the size of a WebP in each of its three forms', () => {
    const chunk = (name: string, ...content: number[]) =>
      Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBP'), Buffer.from(name), Buffer.from([0, 0, 0, 0, ...content])]);
    const lossy = chunk('VP8 ', 0, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x40);
    expect(readImageHeader(lossy)).toEqual({ kind: 'webp', width: 320, height: 240 });
    const lossless = chunk('VP8L', 0x2f, 0x3f, 0xc1, 0x3b, 0x00);
    expect(readImageHeader(lossless)).toEqual({ kind: 'webp', width: 320, height: 240 });
    const extended = chunk('VP8X', 0, 0, 0, 0, 0x3f, 0x01, 0, 0xef, 0, 0);
    expect(readImageHeader(extended)).toEqual({ kind: 'webp', width: 320, height: 240 });
  });

  it('is none of a file of another kind', async () => {
    for (const file of [await drawPicture('gif'), Buffer.from('%PDF-1.7'), Buffer.from('<svg/>'), Buffer.alloc(0)]) {
      expect(readImageHeader(file)).toBeUndefined();
    }
  });

  it('of a file that breaks off, or has no size, cannot be read', async () => {
    for (const kind of ['jpeg', 'png', 'webp'] as const) {
      expect(() => readImageHeader(Buffer.from([]))).not.toThrow();
      const file = await drawPicture(kind);
      expect(() => readImageHeader(file.subarray(0, 20))).toThrow(UnreadableImageError);
    }
    expect(() => readImageHeader(Buffer.from([0xff, 0xd8, 0, 0, 0, 0]))).toThrow(UnreadableImageError);
  });

  it('with parts without end cannot be read', () => {
    const comment = Buffer.from([0xff, 0xfe, 0x00, 0x02]);
    const endless = Buffer.concat([Buffer.from([0xff, 0xd8]), ...Array.from({ length: 30_000 }, () => comment)]);
    expect(() => readImageHeader(endless)).toThrow('too many parts');
  });

  it('of a JPEG with scans without end cannot be read: each of its few bytes costs the time of the whole image', async () => {
    const image = await sharp(await drawPicture('png'))
      .jpeg({ progressive: true })
      .toBuffer();
    const end = image.length - 2;
    const lastScan = image.lastIndexOf(Buffer.from([0xff, 0xda]));
    const repeat = (times: number): Buffer =>
      Buffer.concat([
        image.subarray(0, end),
        ...Array.from({ length: times }, () => image.subarray(lastScan, end)),
        image.subarray(end),
      ]);
    expect(readImageHeader(repeat(20))).toMatchObject({ kind: 'jpeg', width: 64 });
    expect(() => readImageHeader(repeat(100))).toThrow('too many parts');
    // What stands behind the image, such as a film of its moment, is no part of it.
    const more = Buffer.alloc(4_000, Buffer.from([0xff, 0xda, 0, 2]));
    expect(readImageHeader(Buffer.concat([image, more]))).toMatchObject({ kind: 'jpeg', width: 64 });
  });

  it('of any bytes is a header, none, or an error of its own', () => {
    const starts = [
      [0xff, 0xd8, 0xff],
      [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
      [...Buffer.from('RIFF0000WEBPVP8X')],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        try {
          readImageHeader(Buffer.from([...start, ...rest]));
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableImageError);
        }
      }),
    );
  });
});
