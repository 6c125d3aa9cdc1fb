import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { imageTypeOf } from '#shared/adobe/services/firefly/image-types.ts';

const picture = () => sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } });

describe('the type of an image', () => {
  it.each(['jpeg', 'png', 'webp', 'tiff'] as const)('is told from a real %s file', async (format) => {
    expect(imageTypeOf(await picture().toFormat(format).toBuffer())).toBe(`image/${format}`);
  });

  it('is told of TIFF in either order of bytes, and of BigTIFF', async () => {
    expect(imageTypeOf(Buffer.from('MM\0*\0\0\0\b'))).toBe('image/tiff');
    expect(imageTypeOf(Buffer.from('MM\0+\0\b\0\0'))).toBe('image/tiff');
    expect(imageTypeOf(await picture().tiff({ bigtiff: true }).toBuffer())).toBe('image/tiff');
  });

  it('is told of JPEG XL with and without a container', () => {
    expect(imageTypeOf(Buffer.from('ff0a0000', 'hex'))).toBe('image/jxl');
    expect(imageTypeOf(Buffer.from('0000000c4a584c200d0a870a', 'hex'))).toBe('image/jxl');
  });

  it.each(['', 'GIF89a', '<svg xmlns="http://www.w3.org/2000/svg"/>', '%PDF-1.7'])('is none for %j', (text) => {
    expect(imageTypeOf(Buffer.from(text))).toBeUndefined();
  });

  it('is none for gif and avif', async () => {
    expect(imageTypeOf(await picture().gif().toBuffer())).toBeUndefined();
    expect(imageTypeOf(await picture().avif().toBuffer())).toBeUndefined();
  });
});
