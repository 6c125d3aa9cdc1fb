import { describe, expect, it } from 'vitest';
import { buildBar, describeState } from '#console/src/batches/batch-states.ts';
import { groupProblems } from '#console/src/batches/group-problems.ts';
import { parseCsv } from '#console/src/batches/parse-csv.ts';
import { previewFile } from '#console/src/batches/preview-file.ts';
import { buildTableBody } from '#console/src/batches/table-body.ts';
import { describeField } from '#console/src/make/schema/describe-field.ts';

describe('a table', () => {
  it.each([
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a;b\r\n"x;y";"say ""hi"""\r\n',
      [
        ['a', 'b'],
        ['x;y', 'say "hi"'],
      ],
    ],
    [
      'a\tb\r1\t2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'sep=|\na|b\n1|2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\n\n"two\nlines",2',
      [
        ['a', 'b'],
        ['two\nlines', '2'],
      ],
    ],
  ])('is read row by row: %j', (text, rows) => {
    expect(parseCsv(text, 10).map(({ cells }) => cells)).toEqual(rows);
  });

  it('names the line at which each row begins, and stops early', () => {
    expect(parseCsv('a\n"x\ny"\nz\n', 10).map(({ line }) => line)).toEqual([1, 2, 4]);
    expect(parseCsv('a\nb\nc', 2)).toHaveLength(2);
  });

  it('shows ids, operations and prompts, in capitals or not', () => {
    const preview = previewFile('a.CSV', '\uFEFFID,Prompt,operation\n1,a kite,\n2,,images/fill\n3,x,y,too many');
    expect(preview.count).toBe(3);
    expect(preview.lines).toMatchObject([
      { line: 1, id: '1', prompt: 'a kite', operation: 'images/generate', problem: undefined },
      { line: 2, id: '2', prompt: undefined, operation: 'images/fill' },
      { line: 3, problem: 'It has more cells than the header.' },
    ]);
  });

  it('without a row cannot be sent', () => {
    expect(previewFile('a.csv', 'prompt\n').problem).toBeDefined();
    expect(previewFile('a.csv', '').problem).toBeDefined();
  });
});

describe('JSON', () => {
  it('lines are shown each by itself, a broken one among them', () => {
    const preview = previewFile('a.jsonl', '{"body":{"prompt":"a"},"id":"1"}\n\nnope\n{"operation":"x"}\n');
    expect(preview.count).toBe(3);
    expect(preview.lines).toMatchObject([
      { id: '1', prompt: 'a', body: { prompt: 'a' }, problem: undefined },
      { problem: 'It is no JSON.' },
      { operation: 'x', problem: 'It has no body.' },
    ]);
  });

  it('requests have the defaults below them, object by object', () => {
    const file = {
      defaults: { operation: 'images/fill', body: { size: { width: 1, height: 2 }, seeds: [1, 2] } },
      requests: [{ body: { prompt: 'a', size: { width: 9 }, seeds: [3] } }],
    };
    expect(previewFile('a.json', JSON.stringify(file)).lines).toMatchObject([
      { operation: 'images/fill', body: { prompt: 'a', size: { width: 9, height: 2 }, seeds: [3] } },
    ]);
  });

  it.each(['[]', 'nope', '{"requests":[]}', '{"requests":5}'])(
    'that is no file of requests cannot be sent: %s',
    (text) => {
      expect(previewFile('a.json', text).problem).toBeDefined();
    },
  );
});

const counts = {
  unfinished: 0,
  succeeded: 0,
  partially_succeeded: 0,
  failed: 0,
  cancelled: 0,
  timed_out: 0,
  rejected: 0,
};

describe('a batch', () => {
  it('has a bar of what its lines have become', () => {
    const { parts, unread } = buildBar({ counts: { ...counts, succeeded: 5, failed: 1, unfinished: 2 }, lines: 10 });
    expect(parts.map(({ label, share }) => [label, share])).toEqual([
      ['succeeded', 0.5],
      ['failed', 0.1],
      ['waiting or running', 0.2],
    ]);
    expect(unread).toBe(2);
    expect(buildBar({ counts, lines: undefined })).toEqual({ parts: [], unread: 0 });
  });

  it('says what it does', () => {
    expect(describeState({ status: 'finished' })).toBe('Finished');
    expect(describeState({ status: 'running', cancelRequestedAt: '2026-03-01T12:00:00Z' })).toBe('Being cancelled');
    const waiting = { rule: 'openBatches', since: '2026-03-01T12:00:00Z' } as const;
    expect(describeState({ status: 'reading', waiting })).toBe('Waits for room');
  });

  it('puts what failed together by its reason, the most frequent first', () => {
    const failed = (line: number, code: string, status: 'failed' | 'rejected' = 'failed') => ({
      line,
      status,
      outputs: 0,
      error: { code, message: `${code} of line ${line}` },
    });
    const groups = groupProblems([failed(1, 'rare'), failed(2, 'often', 'rejected'), failed(3, 'often', 'rejected')]);
    expect(groups.map(({ code, count, example }) => [code, count, example.line])).toEqual([
      ['often', 2, 2],
      ['rare', 1, 1],
    ]);
    expect(groups[0]?.advice).toContain('rejected again');
  });
});

describe('a row of a table', () => {
  const schema = {
    type: 'object',
    properties: {
      prompt: { type: 'string' },
      numVariations: { type: 'integer' },
      size: { type: 'object', properties: { width: { type: 'integer' }, height: { type: 'integer' } } },
      seeds: { type: 'array', items: { type: 'integer' } },
      tileable: { type: 'boolean' },
    },
  };
  const field = describeField(schema, { name: '', place: '', isRequired: true }, { named: {}, promptPlaces: [] });

  it('is a body by the names of its columns and the schema', () => {
    if (field?.kind !== 'object') throw new Error('The schema is one of an object.');
    const cells = {
      Prompt: '42',
      'body.numvariations': '2',
      'size.width': '2048',
      'size.height': '2048',
      'seeds.0': '7',
      tileable: 'TRUE',
      sku: 'own',
      empty: '',
    };
    expect(buildTableBody(cells, field)).toEqual({
      prompt: '42',
      numVariations: 2,
      size: { width: 2048, height: 2048 },
      seeds: [7],
      tileable: true,
    });
    expect(buildTableBody({ size: '{"width":1}', numVariations: 'many' }, field)).toEqual({
      size: { width: 1 },
      numVariations: 'many',
    });
  });
});
