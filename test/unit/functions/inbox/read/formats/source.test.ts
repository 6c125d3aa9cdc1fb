import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFormat, readContent } from '#functions/inbox/read/formats/source.ts';
import { collect, inPieces, pieceSizes } from '#test/fixtures/pieces.ts';

const contentOf = async (
  bytes: Uint8Array,
  {
    isCompressed = true,
    maxBytes = 1_000_000,
    sizes = [65_536],
  }: Partial<Parameters<typeof readContent>[1]> & {
    sizes?: readonly number[];
  } = {},
): Promise<string> =>
  Buffer.concat(
    await collect(readContent(Readable.from(inPieces(bytes, sizes)), { isCompressed, maxBytes })),
  ).toString();

const refusal = (code: string) => ({ code });

describe('the content of a file', () => {
  it('is the same plain and compressed, in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.boolean(), pieceSizes, async (text, isCompressed, sizes) => {
        const bytes = Buffer.from(text);
        expect(await contentOf(isCompressed ? gzipSync(bytes) : bytes, { isCompressed, sizes })).toBe(text);
      }),
    );
  });

  it('may be of many gzip members', async () => {
    const parts = ['one\n', '', 'two\n'].map((text) => gzipSync(text));
    expect(await contentOf(Buffer.concat(parts), { sizes: [7] })).toBe('one\ntwo\n');
  });

  it.each([1, 9, 30, 500])('of a gzip file whose last %i bytes are missing is refused', async (missing) => {
    const file = gzipSync(Array.from({ length: 500 }, (_, line) => `line ${line * 7_919}\n`).join(''));
    await expect(contentOf(file.subarray(0, -missing))).rejects.toMatchObject(refusal('unreadable_file'));
  });

  it('that does not match its checksum is refused', async () => {
    const file = gzipSync('a line\n');
    file.writeUInt32LE(0, file.length - 8);
    await expect(contentOf(file)).rejects.toMatchObject(refusal('unreadable_file'));
  });

  it('may have no more bytes than are allowed, unpacked; a bomb is not unpacked further', async () => {
    const file = gzipSync(Buffer.alloc(50_000_000));
    const source = Readable.from(inPieces(file, [1_024]));
    let bytes = 0;
    const read = async () => {
      for await (const chunk of readContent(source, { isCompressed: true, maxBytes: 100_000 })) bytes += chunk.length;
    };
    await expect(read()).rejects.toMatchObject(refusal('file_too_large'));
    expect(bytes).toBeLessThanOrEqual(100_000);
    expect(source.destroyed).toBe(true);
    expect(await contentOf(Buffer.alloc(100), { isCompressed: false, maxBytes: 100 })).toHaveLength(100);
  });

  it.each([true, false])('ends with the error of a file that breaks off (compressed: %s)', async (isCompressed) => {
    const broken = async function* () {
      yield gzipSync('a line\n').subarray(0, 15);
      throw new Error('connection lost');
    };
    const read = collect(readContent(Readable.from(broken()), { isCompressed, maxBytes: 100 }));
    await expect(read).rejects.toThrow('connection lost');
  });
});

describe('the format of a file', () => {
  it.each([
    ['inbox/a/b.jsonl', { format: 'jsonl', isCompressed: false }],
    ['inbox/a/b.ndjson.gz', { format: 'jsonl', isCompressed: true }],
    ['inbox/a/b.c.CSV', { format: 'csv', isCompressed: false }],
    ['inbox/a/b.JSON.GZ', { format: 'json', isCompressed: true }],
    ['inbox/a/b.gz', undefined],
    ['inbox/a/b.json.zip', undefined],
    ['inbox/a/json', undefined],
    ['inbox/a/b.constructor', undefined],
  ])('of %s is told by the end of its name', (key, format) => {
    expect(parseFormat(key)).toEqual(format);
  });
});
