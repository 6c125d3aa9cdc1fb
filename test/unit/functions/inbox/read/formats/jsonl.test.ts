import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonl } from '#functions/inbox/read/formats/jsonl.ts';
import { maxLineBytes, type PreparedLine } from '#functions/inbox/read/prepared-line.ts';
import { collect, inPieces, pieceSizes } from '#test/fixtures/pieces.ts';

const read = (content: string | Uint8Array, sizes?: readonly number[]): Promise<PreparedLine[]> =>
  collect(readJsonl(inPieces(content, sizes)));

describe('a file of JSON lines', () => {
  it('has a line for each line with something in it, whether the last one is ended or not', async () => {
    const lines = [
      { kind: 'request', json: '{"a":1}', row: 1 },
      { kind: 'request', json: 'no JSON', row: 3 },
    ];
    expect(await read('{"a":1}\r\n \t\r\nno JSON')).toEqual(lines);
    expect(await read('\ufeff{"a":1}\n\n  no JSON \n')).toEqual(lines);
    expect(await read('')).toEqual([]);
  });

  it('may have lines that are too long or no UTF-8; they are rejected alone', async () => {
    const content = Buffer.concat([
      Buffer.from(`"a"\n"${'x'.repeat(maxLineBytes)}"\n"b"\n`),
      Buffer.from('"é"\n', 'latin1'),
      Buffer.from(`"c"\n${'x'.repeat(maxLineBytes)}`),
    ]);
    expect((await read(content)).map((line) => (line.kind === 'error' ? line.code : line.kind))).toEqual([
      'request',
      'line_too_long',
      'request',
      'invalid_encoding',
      'request',
      'request',
    ]);
  });

  it('loses no line, whatever its bytes are and however they are cut', async () => {
    const byte = fc.oneof(fc.integer({ min: 0x21, max: 0xff }), fc.constantFrom(0x0a, 0x22, 0xc3));
    await fc.assert(
      fc.asyncProperty(fc.array(byte, { maxLength: 80 }), pieceSizes, async (bytes, sizes) => {
        const lines = await read(Buffer.from(bytes), sizes);
        const written = Buffer.from(bytes).toString('latin1').split('\n');
        const filled = written.flatMap((line, index) => (line === '' ? [] : [index + 1]));
        expect(lines.map(({ row }) => row)).toEqual(filled);
        expect(lines).toEqual(await read(Buffer.from(bytes)));
      }),
    );
  });

  it('gives the requests that were written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue({ stringUnit: 'binary' }), { maxLength: 6 }),
        pieceSizes,
        async (values, sizes) => {
          const lines = await read(values.map((value) => JSON.stringify(value)).join('\n'), sizes);
          expect(lines).toEqual(
            values.map((value, index) => ({ kind: 'request', json: JSON.stringify(value), row: index + 1 })),
          );
        },
      ),
      { numRuns: 50 },
    );
  });
});
