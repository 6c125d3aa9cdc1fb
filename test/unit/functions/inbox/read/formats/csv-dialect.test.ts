import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '#functions/inbox/read/formats/csv.ts';
import { readText } from '#functions/inbox/read/formats/encoding.ts';
import type { FileNotes } from '#functions/inbox/read/prepared-line.ts';
import { collect, inPieces, pieceSizes } from '#test/fixtures/pieces.ts';

const read = async (content: string | Uint8Array, sizes?: readonly number[]) => {
  const notes: FileNotes = { columns: [], warnings: new Set() };
  const lines = await collect(readCsv(await readText(inPieces(content, sizes)), notes));
  return {
    requests: lines.map((line) => (line.kind === 'error' ? line.code : JSON.parse(line.json))),
    cells: lines.map(({ columns }) => columns),
    rows: lines.map(({ row }) => row),
    columns: notes.columns,
    warnings: [...notes.warnings],
  };
};

const kites = [
  { id: '1', body: { prompt: 'a red kite, at sea; alone' } },
  { id: '2', body: { prompt: 'a "blue"\tkite' } },
];
const table = [['id', 'prompt'], ...kites.map(({ id, body }) => [id, body.prompt])];

describe('a CSV file', () => {
  it('may have any usual separator, line end and encoding, with a line that names the separator or not', async () => {
    const encodings = {
      none: (text: string) => Buffer.from(text),
      utf8: (text: string) => Buffer.from(`\ufeff${text}`),
      utf16le: (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
      utf16be: (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    };
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          delimiter: fc.constantFrom(',', ';', '\t'),
          record_delimiter: fc.constantFrom('\n', '\r\n', '\r'),
          quoted: fc.boolean(),
        }),
        fc.constantFrom(...(Object.keys(encodings) as (keyof typeof encodings)[])),
        fc.constantFrom('', 'sep', '"sep"'),
        pieceSizes,
        async (options, encoding, separatorLine, sizes) => {
          const head = separatorLine.replace('sep', `sep=${options.delimiter}`);
          const text = `${head === '' ? '' : head + options.record_delimiter}${stringify(table, options)}`;
          expect(await read(encodings[encoding](text), sizes)).toMatchObject({ requests: kites, rows: [2, 3] });
        },
      ),
    );
  });

  it.each([
    ['id;prompt\n', []],
    ['prompt\r\n', []],
    ['"id"\t"prompt"', []],
    ['prompt\na kite; at sea', [{ body: { prompt: 'a kite; at sea' } }]],
    ['prompt;Notes, internal\nx;y', [{ body: { prompt: 'x' } }]],
    ['"prompt";"size.width"\n"x, y";"10"', [{ body: { prompt: 'x, y', size: { width: 10 } } }]],
    ['sep=|\nid|prompt\n1|x,y', [{ id: '1', body: { prompt: 'x,y' } }]],
    ['sep=;,,\r\n;;\r\nid;prompt\r\n1;x', [{ id: '1', body: { prompt: 'x' } }]],
    ['SEP=,\nid,prompt\n1,x', [{ id: '1', body: { prompt: 'x' } }]],
  ])('%j has its separator found', async (text, requests) => {
    expect((await read(text)).requests).toEqual(requests);
  });

  it('of Windows-1252 is read with a warning', async () => {
    const { requests, warnings } = await read(Buffer.from('prompt\ncaf\xe9 \x80\n', 'latin1'));
    expect(requests).toEqual([{ body: { prompt: 'café €' } }]);
    expect(warnings).toEqual([expect.stringContaining('Windows-1252')]);
  });

  it('may have capitals and blanks in its header', async () => {
    const header = ' ID , Prompt,NEGATIVEPROMPT,Size.Width,size. HEIGHT,ModelVersion,Body.Style.Presets';
    expect((await read(`${header}\n1,x,y,1024,768,image3,"[""bw""]"`)).requests).toEqual([
      {
        id: '1',
        modelVersion: 'image3',
        body: { prompt: 'x', negativePrompt: 'y', size: { width: 1024, height: 768 }, style: { presets: ['bw'] } },
      },
    ]);
  });

  it('may have any number of empty rows and columns, which count nowhere', async () => {
    const { requests, rows } = await read(`\n,,,\nid,prompt,,\n${',,,\n'.repeat(2_000)}1,x,,\n\n"",," ",\n2,y\n,,\n`);
    expect(requests).toEqual([
      { id: '1', body: { prompt: 'x' } },
      { id: '2', body: { prompt: 'y' } },
    ]);
    expect(rows).toEqual([2_004, 2_007]);
  });
});

describe('columns that no operation has', () => {
  it('stay out of the request and beside the row, with a warning by their names', async () => {
    const { requests, columns, cells, warnings } = await read(
      'sku,prompt,Notes,notes.internal,"Price\n(EUR)",sku\nA-1,x,"call\nBob",y,9,z\n,v\n',
    );
    expect(requests).toEqual([{ body: { prompt: 'x' } }, { body: { prompt: 'v' } }]);
    expect(columns).toEqual(['sku', 'Notes', 'notes.internal', 'Price (EUR)', 'sku (2)']);
    expect(cells).toEqual([
      ['A-1', 'call\nBob', 'y', '9', 'z'],
      ['', '', '', '', ''],
    ]);
    expect(warnings).toEqual([expect.stringContaining('sku, Notes, notes.internal, Price (EUR), sku (2)')]);
  });

  it('are sent where their name begins with body. or with a field that an operation has', async () => {
    const { requests, columns } = await read('prompt,body.newField,size.depth,body.new.Field\nx,1,2,3');
    expect(requests).toEqual([{ body: { prompt: 'x', newField: '1', size: { depth: '2' }, new: { Field: '3' } } }]);
    expect(columns).toEqual([]);
  });

  it('are kept up to a limit', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `column ${index}`);
    const { columns, cells, warnings } = await read(
      stringify([
        ['prompt', ...names],
        ['x', `${'a'.repeat(998)}😀😀`, ...names.slice(1).map(() => 'b'.repeat(500))],
      ]),
    );
    expect(columns).toHaveLength(50);
    expect(warnings).toEqual([expect.stringContaining('The other 10 columns were left out')]);
    const kept = cells[0] ?? [];
    expect(kept[0]).toBe(`${'a'.repeat(998)}…`);
    expect(kept.join('').length).toBeLessThanOrEqual(4_000);
    expect((await read(`prompt,${'n'.repeat(5_000)}\nx,y`)).columns).toEqual([`${'n'.repeat(99)}…`]);
  });

  it('keep a row that is rejected recognisable', async () => {
    const { cells, requests } = await read('sku,prompt\nA-1,x,too much\n');
    expect(requests).toEqual(['invalid_row']);
    expect(cells).toEqual([['A-1']]);
  });
});
