import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { detectMediaType, getExtension, isSafeToShow, parseMediaType, toStoredType } from '#shared/media-type.ts';

const picture = () => sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } });

describe('the type of an image', () => {
  it.each(['jpeg', 'png', 'webp', 'tiff'] as const)('is told from a real %s file', async (format) => {
    expect(await detectMediaType(await picture().toFormat(format).toBuffer())).toBe(`image/${format}`);
  });

  it('is told of TIFF in either order of bytes, and of BigTIFF', async () => {
    expect(await detectMediaType(Buffer.from('MM\0*\0\0\0\b'.padEnd(64, '\0')))).toBe('image/tiff');
    expect(await detectMediaType(Buffer.from('MM\0+\0\b\0\0'))).toBe('image/tiff');
    expect(await detectMediaType(await picture().tiff({ bigtiff: true }).toBuffer())).toBe('image/tiff');
  });

  it('is told of JPEG XL with and without a container', async () => {
    expect(await detectMediaType(Buffer.from('ff0a0000', 'hex'))).toBe('image/jxl');
    expect(await detectMediaType(Buffer.from('0000000c4a584c200d0a870a', 'hex'))).toBe('image/jxl');
  });

  it.each(['', 'prompt,seed', '<svg xmlns="http://www.w3.org/2000/svg"/>'])('is none for %j', async (text) => {
    expect(await detectMediaType(Buffer.from(text))).toBeUndefined();
  });

  it.each([
    ['image/gif', () => picture().gif().toBuffer()],
    ['image/avif', () => picture().avif().toBuffer()],
    ['image/vnd.adobe.photoshop', async () => Buffer.from('8BPS\0\x01\0\0', 'latin1')],
    ['application/pdf', async () => Buffer.from('%PDF-1.7')],
  ])('is %s where that is what it is', async (type, make) => {
    expect(await detectMediaType(await make())).toBe(type);
  });
});

it('reads the media type without its parameters', () => {
  expect(parseMediaType('Image/JPEG; charset=binary')).toBe('image/jpeg');
  expect(parseMediaType(null)).toBe('application/octet-stream');
  expect(parseMediaType('')).toBe('application/octet-stream');
});

it.each([
  ['application/illustrator', 'ai'],
  ['application/eps', 'eps'],
  ['application/x-indesign', 'indd'],
  ['image/jpeg', 'jpg'],
  ['image/tiff', 'tif'],
  ['image/jxl', 'jxl'],
  ['video/mp4', 'mp4'],
  ['image/vnd.adobe.photoshop', 'psd'],
  ['application/x-surprise', 'bin'],
])('files of the type %s end in .%s', (mediaType, extension) => {
  expect(getExtension(mediaType)).toBe(extension);
});

it.each([
  ['image/jpeg', 'image/jpeg', true],
  ['image/avif', 'image/avif', true],
  ['video/mp4', 'video/mp4', true],
  ['application/pdf', 'application/pdf', true],
  ['image/vnd.adobe.photoshop', 'image/vnd.adobe.photoshop', true],
  ['image/svg+xml', 'image/svg+xml', false],
  ['text/html', 'text/html', false],
  ['application/xhtml+xml', 'application/xhtml+xml', false],
  ['application/xml', 'application/xml', false],
  ['text/xml', 'text/xml', false],
  ['text/javascript', 'text/javascript', false],
  ['application/x-made-up', 'application/octet-stream', false],
  ['image/x-made-up', 'application/octet-stream', false],
  ['text/html<script>', 'application/octet-stream', false],
])('keeps %s as %s, and lets a browser show it: %s', (type, stored, shown) => {
  expect(toStoredType(type)).toBe(stored);
  expect(isSafeToShow(toStoredType(type))).toBe(shown);
});
