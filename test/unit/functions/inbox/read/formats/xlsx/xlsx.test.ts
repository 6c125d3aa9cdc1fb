import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readXlsx } from '#functions/inbox/read/formats/xlsx/xlsx.ts';
import { type FileNotes, maxLineBytes } from '#functions/inbox/read/prepared-line.ts';
import { collect, inPieces } from '#test/fixtures/pieces.ts';
import { inTier } from '#test/fixtures/tier.ts';
import { type Book, sheetXml, xlsx, zip } from '#test/fixtures/xlsx.ts';

const read = async (book: Book | Buffer, maxBytes = 10_000_000) => {
  const notes: FileNotes = { columns: [], warnings: new Set() };
  const file = Buffer.isBuffer(book) ? book : xlsx(book);
  const lines = await collect(readXlsx(inPieces(file), notes, maxBytes));
  return {
    lines,
    requests: lines.map((line) => (line.kind === 'error' ? line.code : JSON.parse(line.json))),
    rows: lines.map(({ row }) => row),
    notes,
  };
};

const one = (rows: Parameters<typeof sheetXml>[0], more: Omit<Book, 'sheets'> = {}): Book => ({
  sheets: { Sheet1: sheetXml(rows) },
  ...more,
});

const xml = (text: string) => ({ xml: text });
const prompts = (...texts: string[]) => texts.map((prompt) => ({ body: { prompt } }));

describe('a spreadsheet', () => {
  it('is read like a CSV file: header, empty rows and columns, own columns, short and long rows', async () => {
    const { requests, rows, lines, notes } = await read(
      one([
        [],
        ['ID', 'Prompt', '', 'Size.Width', 'size.height', 'SKU'],
        ['', '', ''],
        [1, 'a red & blue <kite>', '', 1024, 768, 'A-1'],
        ['2', 'short'],
        [3, 'x', '', '', '', '', 'left over'],
      ]),
    );
    expect(requests).toEqual([
      { id: '1', body: { prompt: 'a red & blue <kite>', size: { width: 1024, height: 768 } } },
      { id: '2', body: { prompt: 'short' } },
      'invalid_row',
    ]);
    expect(rows).toEqual([4, 5, 6]);
    expect(lines[2]).toMatchObject({ id: '3', columns: [''] });
    expect(lines[0]?.columns).toEqual(['A-1']);
    expect(notes.columns).toEqual(['SKU']);
  });

  it('is its sheet called requests, or else the first one that is not hidden', async () => {
    const sheet = (prompt: string) => sheetXml([['prompt'], [prompt]]);
    const sheets = { Notes: sheet('a'), Other: sheet('b'), ' Requests': sheet('c') };
    expect((await read({ sheets })).requests).toEqual(prompts('c'));
    const { Notes, Other } = sheets;
    expect((await read({ sheets: { Notes, Other } })).requests).toEqual(prompts('a'));
    expect((await read({ sheets: { Notes, Other }, hidden: ['Notes'] })).requests).toEqual(prompts('b'));
    expect((await read({ sheets: { Notes }, hidden: ['Notes'] })).requests).toEqual(prompts('a'));
  });

  it('may refer to shared texts, in pieces with formats of their own, without their pronunciation', async () => {
    const strings = [
      '<t>prompt</t>',
      '<r><t>a </t></r><r><rPr><b/></rPr><t>red</t></r><rPh sb="0" eb="1"><t>aka</t></rPh><r><t xml:space="preserve"> kite</t></r>',
      '<t>two_x000D_\nlines _x005F_x0041_</t>',
      '<t>half _xD83D_</t>',
    ];
    const cells = strings.map((_, index) => [xml(`<c t="s"><v>${index}</v></c>`)]);
    const { requests } = await read(one(cells, { strings }));
    expect(requests).toEqual(prompts('a red kite', 'two\r\nlines _x0041_', 'half \ufffd'));
  });

  it('has numbers in their fewest digits, booleans, and the results of formulas', async () => {
    const header = ['operation', 'prompt', 'image.mask.invert', 'seeds.0'];
    const row = (prompt: string, ...more: string[]) => [xml('<c/>'), ...[prompt, ...more].map(xml)];
    const { requests } = await read(
      one([
        header,
        row('<c><v>0.69999999999999996</v></c>'),
        row('<c><v>1E3</v></c>', '<c/>', '<c t="n"><f>1+1</f><v>2</v></c>'),
        row('<c t="str"><f>A1&amp;"x"</f><v>a kite</v></c>', '<c t="b"><v>1</v></c>'),
        row('<c t="d"><v>2026-03-01</v></c>'),
        row('<c t="s"><v/></c>', '<c t="b"><v>0</v></c>', '<c><v>7</v></c>'),
      ]),
    );
    expect(requests).toEqual([
      { body: { prompt: '0.7' } },
      { body: { prompt: '1000', seeds: [2] } },
      { body: { prompt: 'a kite', image: { mask: { invert: 'TRUE' } } } },
      { body: { prompt: '2026-03-01' } },
      { body: { image: { mask: { invert: 'FALSE' } }, seeds: [7] } },
    ]);
  });

  it('rejects a row for an error or a formula without a result, unless it is in a column of the caller', async () => {
    const [error, empty] = [xml('<c t="e"><v>#REF!</v></c>'), xml('<c><f>B1</f></c>')];
    const { lines } = await read(
      one([
        ['id', 'prompt', 'sku'],
        ['a', error, 'x'],
        ['b', empty, 'x'],
        ['c', 'x', error],
        ['d', xml('<c t="e"><v>secret</v></c>')],
      ]),
    );
    expect(lines).toMatchObject([
      { id: 'a', code: 'invalid_row', message: 'Cell 2 of the row holds the error #REF!.', columns: ['x'] },
      { id: 'b', code: 'invalid_row', message: expect.stringContaining('formula without a result') },
      { kind: 'request', columns: ['#REF!'] },
      { id: 'd', message: 'Cell 2 of the row holds the error of its formula.' },
    ]);
  });

  it('places cells by their references, where there are any', async () => {
    const sheet =
      '<worksheet xmlns:y="m"><y:sheetData><y:row><y:c r="B1" t="str"><y:v>prompt</y:v></y:c></y:row>' +
      '<y:row r="7"><y:c t="str"><y:v> </y:v></y:c><y:c t="str"><y:v>x</y:v></y:c></y:row>' +
      '<y:row r="3"><y:c r="B3" t="str"><y:v><![CDATA[<y>]]></y:v></y:c></y:row></y:sheetData></worksheet>';
    const { requests, rows } = await read({ sheets: { a: sheet } });
    expect(requests).toEqual(prompts('x', '<y>'));
    expect(rows).toEqual([7, 8]);
  });
});

describe('dates', () => {
  const styles =
    '<numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm"/><numFmt numFmtId="165" formatCode="&quot;days&quot; 0"/>' +
    '<numFmt numFmtId="166" formatCode="[h]:mm"/><numFmt numFmtId="167" formatCode="[Red]0.00"/></numFmts>' +
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>' +
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/></cellXfs>';

  it.each([
    [1, 46_082, '2026-03-01'],
    [2, 46_082.395833333336, '2026-03-01T09:30:00'],
    [2, 0.395833333333333, '09:30:00'],
    [1, 1, '1900-01-01'],
    [1, 59, '1900-02-28'],
    [1, 61, '1900-03-01'],
    [1, -1, '-1'],
    [1, 3_000_000, '3000000'],
    [0, 46_082, '46082'],
    [3, 46_082, '46082'],
    [4, 1.5, '1.5'],
    [5, 2.5, '2.5'],
  ])('of style %i with the number %d are %s', async (style, number, text) => {
    const { requests } = await read(one([['prompt'], [xml(`<c s="${style}"><v>${number}</v></c>`)]], { styles }));
    expect(requests).toEqual(prompts(text));
  });

  it('may be counted from 1904 on', async () => {
    const book = one([['prompt'], [xml('<c s="1"><v>44620</v></c>')]], { styles, from1904: true });
    expect((await read(book)).requests).toEqual(prompts('2026-03-01'));
  });
});

describe('a file that is no spreadsheet, or too large a one', () => {
  const good = [['prompt'], ['a secret cat']];
  const broken = (parts: Book['parts']) => xlsx(one(good, { parts }));

  it.each([
    ['text', Buffer.from('prompt\na secret cat\n')],
    ['nothing', Buffer.alloc(0)],
    ['a file with a password', Buffer.from('d0cf11e0a1b11ae1'.padEnd(4_096, '0'), 'hex')],
    ['a zip of something else', zip({ 'secret.txt': 'x' })],
    ['half a file', xlsx(one(good)).subarray(0, 700)],
    ['a sheet that breaks off', broken({ 'xl/worksheets/sheet0.xml': sheetXml(good).slice(0, -30) })],
    [
      'a sheet that is no UTF-8',
      broken({ 'xl/worksheets/sheet0.xml': { content: Buffer.from('<a>\xff</a>', 'latin1') } }),
    ],
    ['an entity of its own', broken({ 'xl/worksheets/sheet0.xml': '<!DOCTYPE a [<!ENTITY b "bbb">]><a>&b;</a>' })],
    ['an unknown text', broken({ 'xl/worksheets/sheet0.xml': sheetXml([[xml('<c t="s"><v>9</v></c>')]]) })],
    ['endless nesting', broken({ 'xl/worksheets/sheet0.xml': '<a>'.repeat(100_000) })],
    ['an endless text', broken({ 'xl/worksheets/sheet0.xml': `<row><c><v>${'1'.repeat(3_000_000)}</v></c></row>` })],
    [
      'an endless text in pieces',
      broken({ 'xl/worksheets/sheet0.xml': `<row><c><v>${'1<![CDATA[1]]>'.repeat(600_000)}</v></c></row>` }),
    ],
    ['a column beyond the last', broken({ 'xl/worksheets/sheet0.xml': '<row><c r="ZZZ1"/></row>' })],
    ['a row beyond the last', broken({ 'xl/worksheets/sheet0.xml': '<row r="1e300"/>' })],
    ['more bytes than it says', broken({ 'xl/worksheets/sheet0.xml': { content: sheetXml(good), claimedBytes: 10 } })],
  ])('with %s is refused, and nothing of it repeated', async (_, file) => {
    const refusal = read(file);
    await expect(refusal).rejects.toMatchObject({ code: 'unreadable_file' });
    await expect(refusal).rejects.not.toThrow(/secret/);
  });

  it('is not unpacked beyond the limit', async () => {
    const rows = Array.from({ length: 20_000 }, () => ['']);
    const book = one([['prompt'], ...rows, ['x']]);
    expect((await read(book)).requests).toEqual(prompts('x'));
    await expect(read(book, 100_000)).rejects.toMatchObject({ code: 'file_too_large' });
    const parts = { 'xl/sharedStrings.xml': { content: '<sst/>', claimedBytes: 70_000_000 } };
    await expect(read(one(good, { strings: [], parts }))).rejects.toThrow('Save it as CSV');
  });

  it('may not make long rows of one text', async () => {
    const strings = ['<t>prompt</t>', `<t>${'x'.repeat(32_000)}</t>`];
    const cells = Array.from({ length: 16_000 }, () => xml('<c t="s"><v>1</v></c>'));
    const { requests } = await read(one([[xml('<c t="s"><v>0</v></c>')], cells, ['x']], { strings }));
    expect(requests).toEqual(['line_too_long', ...prompts('x')]);
    expect(32_000 * cells.length).toBeGreaterThan(maxLineBytes);
  });

  it('whatever its bytes are, is read or refused', async () => {
    const file = xlsx(one(good, { strings: ['<t>x</t>'], styles: '<cellXfs><xf numFmtId="14"/></cellXfs>' }));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.nat(255), async (at, byte) => {
        const changed = Buffer.from(file);
        changed[at] = byte;
        try {
          await read(changed);
        } catch (error) {
          refused += 1;
          expect(error).toMatchObject({
            code: expect.stringMatching(/unreadable_file|empty_file|invalid_header|file_too_large/),
          });
        }
      }),
      { numRuns: inTier(100, 1_000) },
    );
    expect(refused).toBeGreaterThan(0);
  });
});
