import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRows, readCsv } from '#functions/inbox/read/formats/csv.ts';
import { type FileNotes, maxLineBytes, type PreparedLine } from '#functions/inbox/read/prepared-line.ts';
import { collect, inPieces, pieceSizes } from '#test/fixtures/pieces.ts';
import { inTier } from '#test/fixtures/tier.ts';

const newNotes = (): FileNotes => ({ columns: [], warnings: new Set() });

const contentOf = (content: string | Uint8Array, sizes?: readonly number[]) => ({
  chunks: inPieces(content, sizes),
  isMarked: false,
});

const read = (content: string | Uint8Array, sizes?: readonly number[], notes = newNotes()): Promise<PreparedLine[]> =>
  collect(readCsv(contentOf(content, sizes), notes));

/** What each line holds: its request, or the code of its error. */
const outcomes = async (content: string | Uint8Array): Promise<unknown[]> =>
  (await read(content)).map((line) => (line.kind === 'error' ? line.code : JSON.parse(line.json)));

const prompts = async (content: string | Uint8Array): Promise<unknown[]> =>
  (await outcomes(content)).map((outcome) =>
    typeof outcome === 'string' ? outcome : (outcome as { body: { prompt?: string } }).body.prompt,
  );

describe('the columns of a CSV file', () => {
  it('are the fields of a line and of its body, by dotted name', async () => {
    const header =
      'prompt, id ,operation,priority,modelVersion,size.width,size.height,seeds.1,seeds.0,body.style.presets';
    expect(await outcomes(`${header}\na cat,7,images/generate, high ,image3,1024,768,2,1,"[""bw""]"\n`)).toEqual([
      {
        operation: 'images/generate',
        id: '7',
        priority: 'high',
        modelVersion: 'image3',
        body: {
          prompt: 'a cat',
          size: { width: 1024, height: 768 },
          seeds: [1, 2],
          style: { presets: ['bw'] },
        },
      },
    ]);
  });

  it('may be members of objects in lists', async () => {
    expect(await outcomes('prompt,body.sizes.0.width,body.sizes.1.width\nx,1,2')).toEqual([
      { body: { prompt: 'x', sizes: [{ width: '1' }, { width: '2' }] } },
    ]);
  });

  it('are left out of a request where their cell is empty, with what they would be in', async () => {
    expect(await outcomes('prompt,id,size.width,seeds.0,seeds.1\nx,,,,5\n"",  ,1,,')).toEqual([
      { body: { prompt: 'x', seeds: [5] } },
      { body: { size: { width: 1 } } },
    ]);
  });

  it('may be named as a field of the line, in the body', async () => {
    expect(await outcomes('body.prompt,id,body.id\nx,1,2')).toEqual([{ id: '1', body: { prompt: 'x', id: '2' } }]);
  });

  it('are plain data, whatever they are called', async () => {
    expect(await outcomes('prompt,body.constructor,body.toString.prototype\nx,1,2')).toEqual([
      { body: { prompt: 'x', constructor: '1', toString: { prototype: '2' } } },
    ]);
    expect(({} as Record<string, unknown>)['prototype']).toBeUndefined();
  });

  it.each([
    ['prompt,prompt', 'The column prompt stands twice in the header.'],
    ['prompt,body.prompt', 'The columns prompt and body.prompt exclude each other.'],
    ['prompt,id,id', 'The column id stands twice in the header.'],
    ['Prompt,prompt', 'The columns Prompt and prompt exclude each other.'],
    ['prompt,ID,id', 'The column id stands twice in the header.'],
    ['prompt,size,size.width', 'The columns size and size.width exclude each other.'],
    ['prompt,size.width,size', 'The columns size.width and size exclude each other.'],
    ['prompt,seeds.0,seeds.first', 'The columns seeds.first and seeds.0 exclude each other.'],
    ['prompt,body.__proto__.polluted', 'The column body.__proto__.polluted is no name of a field.'],
    ['prompt,size..width', 'The column size..width is no name of a field.'],
    ['prompt,body', 'The column body must name one field of the body, such as body.prompt.'],
    [`prompt,body.${'a.'.repeat(20)}b`, 'is no name of a field.'],
    [`prompt,body.${'a'.repeat(300)}`, 'The name of column 2 has more than 255 characters.'],
    ['prompt,"body.a\nb"', 'The name of column 2 has a control character.'],
  ])('%j are refused by name', async (header, message) => {
    const refusal = read(`${header}\nx,1,2\n`);
    await expect(refusal).rejects.toMatchObject({ code: 'invalid_header' });
    await expect(refusal).rejects.toThrow(message);
  });

  it.each([
    ['a row of prompts', 'a secret cat,a secret cat\n'],
    ['other columns', 'title,notes\nx,y\n'],
    ['other separators', 'prompt|id\nx|y\n'],
    ['JSON', '{"operation":"images/generate","body":{"prompt":"x"}}\n'],
    ['a quote that does not end', '"prompt,id\nx,y\n'],
    ['UTF-16 without a mark', Buffer.from('prompt,id\nx,y\n', 'utf16le')],
    ['something endless', 'prompt,'.repeat(20_000)],
  ])('must be named: a file that begins with %s is refused, and nothing of it repeated', async (_, content) => {
    const refusal = read(content);
    await expect(refusal).rejects.toMatchObject({ code: 'invalid_header' });
    await expect(refusal).rejects.not.toThrow(/secret/);
  });

  it.each(['', '\n', '\r\n\r\n', ' \n,,\n'])('must be there: %j is refused as empty', async (content) => {
    await expect(read(content)).rejects.toMatchObject({ code: 'empty_file' });
  });
});

describe('the rows of a CSV file', () => {
  it('may end in LF or CRLF, hold both in quotes, and be empty', async () => {
    expect(await prompts('\r\nprompt,id\r\n"a ""red""\r\nkite\n",1\r\nb,2\n"c"\r\n,\r\n\r\nd,3')).toEqual([
      'a "red"\r\nkite\n',
      'b',
      'c',
      'd',
    ]);
  });

  it('may lack cells at their end; with content beyond the named columns they are rejected alone, by their id', async () => {
    const file = 'id,prompt,,style.presets\na,only\nb,x, ,,,\nc,x,left over,,\nd,x,,,extra\n';
    expect(await read(file)).toMatchObject([
      { kind: 'request', row: 2, json: '{"id":"a","body":{"prompt":"only"}}' },
      { kind: 'request', row: 3, json: '{"id":"b","body":{"prompt":"x"}}' },
      { code: 'invalid_row', id: 'c', row: 4, message: expect.stringContaining('Cell 3 of the row has content') },
      { code: 'invalid_row', id: 'd', row: 5, message: expect.stringContaining('Cell 5 of the row has content') },
    ]);
  });

  it('that are not UTF-8 are rejected alone', async () => {
    const content = Buffer.concat([Buffer.from('prompt\nzoë\nzo'), Buffer.from([0xeb]), Buffer.from('\nzoë\n')]);
    expect(await prompts(content)).toEqual(['zoë', 'invalid_encoding', 'zoë']);
  });

  it.each([
    ['a bare quote', '12" poster,1', ['invalid_row']],
    ['a quote that is not doubled', '"a 12" poster",1', ['invalid_row']],
    ['a quote that is not closed', '"a cat,1', ['invalid_row']],
    ['text after a closing quote', '"a cat" too,1', ['invalid_row']],
    ['a bare quote in a cell with a line break', '"a 12" poster\nin two lines",1', ['invalid_row', 'invalid_row']],
  ])('with %s cost no other', async (_, broken, errors) => {
    const content = `prompt,id\nfirst,1\n${broken}\n"sec,ond",2\n"thi\nrd",3\nfourth,4\n`;
    expect(await prompts(content)).toEqual(['first', ...errors, 'sec,ond', 'thi\nrd', 'fourth']);
  });

  it('with a quote that the last row leaves open are found all the same', async () => {
    expect(await prompts('prompt\n"a\nb\n"c""\nd')).toEqual(['invalid_row', 'b', 'invalid_row', 'd']);
  });

  it('longer than a request may be are rejected alone, without being held', async () => {
    const long = 'x'.repeat(maxLineBytes + 1);
    const line = 'y'.repeat(999);
    expect(
      await prompts(`prompt\na\n${long}\nb\n"${long}"\nc\n"${'y'.repeat(80_000)}\n${'y'.repeat(80_000)}"\nd`),
    ).toEqual(['a', 'line_too_long', 'b', 'line_too_long', 'c', 'line_too_long', 'd']);
    const open = `"open\n${`${line}\n`.repeat(120)}"closed"\n`;
    expect(await prompts(`prompt\n${open}`)).toEqual(['invalid_row', ...Array<string>(120).fill(line), 'closed']);
  });

  it('keep numbers, zeros in front and formulas as the texts they are', async () => {
    expect(await prompts('prompt\n007\n1e3\ntrue\n=1+1\nnull\n')).toEqual(['007', '1e3', 'true', '=1+1', 'null']);
  });

  it('have the types that their own operation takes, where the gateway has it', async () => {
    expect(
      await outcomes('operation,prompt,upscaleFactor\nimages/upscale,7,4\nimages/generate,7,4\nother,7,4'),
    ).toEqual([
      { operation: 'images/upscale', body: { prompt: '7', upscaleFactor: 4 } },
      { operation: 'images/generate', body: { prompt: '7', upscaleFactor: '4' } },
      { operation: 'other', body: { prompt: '7', upscaleFactor: '4' } },
    ]);
  });

  it.each([
    ['nesting', '['.repeat(50_000) + ']'.repeat(50_000), 'nested deeper than 32 levels'],
    ['numbers', '1e999', 'holds a number that is out of range'],
  ])('may not bring in through a cell %s that no request may have', async (_, value, problem) => {
    const size = `{"width":1024,"height":1024,"x":${value}}`;
    const [bad, good] = await read(
      stringify([
        ['prompt', 'id', 'size'],
        ['x', 'a', size],
        ['y', 'b', ''],
      ]),
    );
    expect(bad).toMatchObject({ kind: 'error', code: 'invalid_json', id: 'a' });
    expect(bad).toMatchObject({ message: expect.stringContaining(problem) });
    expect(good).toMatchObject({ kind: 'request' });
  });

  const cell = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r\n', ' ', 'ä', '😀', 'x'), maxLength: 12 }),
  );

  it('come back as they were written, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 }),
        fc.record({ quoted: fc.boolean(), record_delimiter: fc.constantFrom('\n', '\r\n') }),
        pieceSizes,
        async (rows, { quoted, record_delimiter }, sizes) => {
          // The library leaves line breaks without quotes that do not end its own rows.
          const quoted_match = /[\r\n]/;
          // Fields that no operation has stay texts.
          const columns = ['prompt', 'style.note', 'body.notes.0'];
          const content = stringify([columns, ...rows], { quoted, quoted_match, record_delimiter });
          const filled = rows.filter((cells) => cells.some((text) => text.trim() !== ''));
          const expected = filled.map((cells) => {
            const [prompt, note, first] = cells.map((text) => (text === '' ? undefined : text));
            const style = note === undefined ? undefined : { note };
            return JSON.stringify({ body: { prompt, style, notes: first === undefined ? undefined : [first] } });
          });
          const lines = await read(content, sizes);
          expect(lines.map((line) => (line.kind === 'request' ? line.json : line.kind))).toEqual(expected);
        },
      ),
    );
  });

  it('are those that a parser of the whole file finds; where it finds none, what stands before the error is kept', async () => {
    const piece = fc.constantFrom('"', '""', ',', '\n', '\r\n', '\r', 'a', 'ä', '\u0000');
    const before = { kind: 'cells', cells: ['be', 'fore\n'] };
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: piece, maxLength: 40 }), pieceSizes, async (text, sizes) => {
        const content = `be,"fore\n"\n${text}\n`;
        const numbered = await collect(csvRows(contentOf(content, sizes)));
        expect(numbered.map(({ row }) => row)).toEqual(numbered.map((_, index) => index + 1));
        const rows = numbered.map((row) => (row.kind === 'error' ? row : { kind: row.kind, cells: row.cells }));
        let expected: { kind: string; cells: string[] }[] | undefined;
        try {
          const all = parse(content, { relax_column_count: true, record_delimiter: ['\r\n', '\n'] });
          expected = all.map((cells) => ({ kind: 'cells', cells }));
        } catch {
          refused += 1;
        }
        const withCells = rows.filter((row) => !('cells' in row) || row.cells.some((cell) => cell !== ''));
        if (expected === undefined) expect(rows.some(({ kind }) => kind === 'error')).toBe(true);
        else expect(withCells).toEqual(expected.filter((row) => row.cells.join('') !== ''));
        expect(rows[0]).toEqual(before);
      }),
      { numRuns: inTier(100, 1_000) },
    );
    expect(refused).toBeGreaterThan(0);
  });
});
