import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowDecoder, readText, unifyLineEnds } from '#functions/inbox/read/formats/encoding.ts';
import { collect, inPieces, pieceSizes } from '#test/fixtures/pieces.ts';

const asUtf16 = (text: string, encoding: 'le' | 'be'): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return encoding === 'le' ? bytes : bytes.swap16();
};

const writers = {
  plain: (text: string) => Buffer.from(text),
  marked: (text: string) => Buffer.from(`\ufeff${text}`),
  'UTF-16 LE': (text: string) => asUtf16(text, 'le'),
  'UTF-16 BE': (text: string) => asUtf16(text, 'be'),
};

const textOf = async (bytes: Buffer, sizes?: readonly number[]) => {
  const { chunks, isMarked } = await readText(inPieces(bytes, sizes));
  return { text: Buffer.concat(await collect(chunks)).toString(), isMarked };
};

describe('the text of a file', () => {
  it('is the same in every encoding that a mark names, in whatever pieces it comes', async () => {
    const text = fc.string({ unit: 'grapheme' }).filter((each) => !each.startsWith('\ufeff'));
    const name = fc.constantFrom(...(Object.keys(writers) as (keyof typeof writers)[]));
    await fc.assert(
      fc.asyncProperty(text, name, pieceSizes, async (written, encoding, sizes) => {
        const isMarked = encoding !== 'plain';
        expect(await textOf(writers[encoding](written), sizes)).toEqual({ text: written, isMarked });
      }),
    );
  });

  it.each([
    ['half a character', Buffer.from([0xff, 0xfe, 0x41, 0x00, 0x42])],
    ['half a surrogate pair', Buffer.from('\ufeffa\ud83d', 'utf16le')],
  ])('marked as UTF-16 with %s at its end is refused', async (_, bytes) => {
    await expect(textOf(bytes)).rejects.toMatchObject({ code: 'unreadable_file' });
  });

  it('is closed when its reader gives up', async () => {
    let isClosed = false;
    const source = async function* () {
      try {
        for (;;) yield Buffer.from('a line\n');
      } finally {
        isClosed = true;
      }
    };
    for await (const _ of (await readText(source())).chunks) break;
    expect(isClosed).toBe(true);
  });
});

describe('rows without a mark', () => {
  const windows1252 = Buffer.from([0x93, 0x5a, 0x6f, 0xeb, 0x94]);

  it('are Windows-1252 if the first one beyond ASCII is no UTF-8, and then say so', () => {
    const decoder = new RowDecoder({ isMarked: false });
    expect(decoder.decode(Buffer.from('a kite'))).toEqual({ text: 'a kite' });
    expect(decoder.decode(windows1252)).toEqual({ text: '“Zoë”', warning: expect.stringContaining('Windows-1252') });
    expect(decoder.decode(Buffer.from('é'))).toMatchObject({ text: 'Ã©' });
  });

  it('are UTF-8 if that one is; others are none then', () => {
    const decoder = new RowDecoder({ isMarked: false });
    expect(decoder.decode(Buffer.from('Zoë'))).toEqual({ text: 'Zoë' });
    expect(decoder.decode(windows1252)).toBeUndefined();
    expect(new RowDecoder({ isMarked: true }).decode(windows1252)).toBeUndefined();
  });
});

describe('line ends', () => {
  const unified = async (text: string, sizes?: readonly number[]): Promise<string> =>
    Buffer.concat(await collect(unifyLineEnds(inPieces(text, sizes)))).toString();

  it.each([
    ['a\rb\rc', 'a\nb\nc'],
    ['"a\nb"\rc\r', '"a\nb"\nc\n'],
    ['a\r\nb\rc\n', 'a\r\nb\rc\n'],
    ['a\nb\rc', 'a\nb\rc'],
    ['a\r', 'a\r'],
    ['"a\rb', '"a\rb'],
  ])('of %j are those of %j', async (text, expected) => {
    for (const sizes of [[100], [1], [2, 1]]) expect(await unified(text, sizes)).toBe(expected);
  });

  it('of cells before the first end of a row are the same, however the bytes are cut', async () => {
    expect(await unified('"\r"\r"', [1])).toBe(await unified('"\r"\r"'));
  });

  it('lose nothing, however the bytes are cut', async () => {
    const piece = fc.constantFrom('"', '\n', '\r\n', '\r', 'a', 'ä');
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: piece }), pieceSizes, async (text, sizes) => {
        const out = await unified(text, sizes);
        expect(out.replaceAll('\r', '\n')).toBe(text.replaceAll('\r', '\n'));
        expect(out).toBe(await unified(text));
      }),
    );
  });
});
