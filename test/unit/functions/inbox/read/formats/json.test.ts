import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson } from '#functions/inbox/read/formats/json.ts';
import { maxLineBytes, type PreparedLine } from '#functions/inbox/read/prepared-line.ts';
import { collect, inPieces, pieceSizes } from '#test/fixtures/pieces.ts';
import { inTier } from '#test/fixtures/tier.ts';

const read = (content: string | Uint8Array, sizes?: readonly number[]): Promise<PreparedLine[]> =>
  collect(readJson(inPieces(content, sizes)));

/** The request of each line, or the code of its error. */
const outcomes = async (content: unknown): Promise<unknown[]> =>
  (await read(typeof content === 'string' ? content : JSON.stringify(content))).map((line) =>
    line.kind === 'error' ? line.code : JSON.parse(line.json),
  );

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('a JSON file', () => {
  it('is one request', async () => {
    const request = { operation: 'images/generate', id: '1', body: { prompt: 'a cat', seeds: [1, 2.5e3, -0.1] } };
    expect(await outcomes(request)).toEqual([request]);
    expect(await outcomes('{}')).toEqual([{}]);
  });

  it('is a list of requests, under each of which the defaults are merged', async () => {
    const defaults = {
      operation: 'images/generate',
      priority: 'high',
      body: { size: { width: 1024, height: 768 }, seeds: [1, 2], negativePrompt: 'dogs', style: { strength: 1 } },
    };
    const requests = [
      { body: { prompt: 'a' } },
      { id: 2, priority: 'low', body: { prompt: 'b', size: { width: 2048 }, seeds: [3], style: null } },
    ];
    const merged = [
      { ...defaults, body: { ...defaults.body, prompt: 'a' } },
      {
        ...defaults,
        id: 2,
        priority: 'low',
        body: { ...defaults.body, prompt: 'b', size: { width: 2048, height: 768 }, seeds: [3], style: null },
      },
    ];
    expect(await outcomes({ defaults, requests })).toEqual(merged);
    expect(await outcomes({ requests, defaults })).toEqual(merged);
    expect(await outcomes({ requests })).toEqual(requests);
    expect(await outcomes({ requests: [] })).toEqual([]);
  });

  it('may have entries that are no requests; they are rejected alone', async () => {
    const requests = [{ id: 'a' }, null, 'text', 7, true, [{ id: 'b' }], { id: 'c' }];
    const errors = Array<string>(5).fill('invalid_json');
    expect(await outcomes({ requests })).toEqual([{ id: 'a' }, ...errors, { id: 'c' }]);
  });

  it('may have requests that are too large, alone or with the defaults; they are rejected alone', async () => {
    const long = 'x'.repeat(maxLineBytes);
    const requests = [{ body: { prompt: long } }, { [long]: 1 }, { a: Array(60_000).fill(1) }, { id: 'a' }];
    expect(await outcomes({ requests })).toEqual([...Array<string>(3).fill('line_too_long'), { id: 'a' }]);
    expect(await outcomes(`{"requests":[${'9'.repeat(maxLineBytes + 1)},{}]}`)).toEqual(['invalid_json', {}]);
    expect(await outcomes({ body: { prompt: long } })).toEqual(['line_too_long']);
    expect(await outcomes(Object.fromEntries(Array.from({ length: 99 }, (_, n) => [n, 'x'.repeat(2_000)])))).toEqual([
      'line_too_long',
    ]);
    const half = 'x'.repeat(60_000);
    expect(await outcomes({ defaults: { a: half }, requests: [{ b: half }, { a: half }] })).toEqual([
      'line_too_long',
      { a: half },
    ]);
  });

  it('may have requests that JSON cannot give on as they are; they are rejected alone', async () => {
    expect(await outcomes(`{"requests":[{"a":1e999},{"a":${nested(33)}},{"a":${nested(31)}}]}`)).toEqual([
      'invalid_json',
      'invalid_json',
      { a: JSON.parse(nested(31)) },
    ]);
  });

  it('keeps half of a surrogate pair as it is written', async () => {
    const [line] = await read('{"requests":[{"a":"\\ud83d","b":"\\ud83d\\ude00"}]}', [1]);
    expect(line).toEqual({ kind: 'request', json: '{"a":"\\ud83d","b":"😀"}' });
  });

  it('keeps names such as __proto__ as data', async () => {
    const [line] = await read('{"defaults":{"__proto__":{"a":1}},"requests":[{"__proto__":{"b":2},"constructor":3}]}');
    expect(line).toEqual({ kind: 'request', json: '{"__proto__":{"a":1,"b":2},"constructor":3}' });
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it.each([
    ['a list', '[{"id":"a"}]', 'The file must hold one request'],
    ['a text', '"secret"', 'The file must hold one request'],
    ['another field', '{"requests":[],"secrets":[]}', 'The file has secrets beside requests and defaults.'],
    ['another field before', '{"operation":"x","defaults":{},"requests":[]}', 'The file has operation beside'],
    ['defaults only', '{"defaults":{}}', 'The file has defaults, and no requests.'],
    ['requests that are no list', '{"requests":{"a":1}}', 'The requests in the file are not a list.'],
    ['defaults that are no object', '{"defaults":["secret"],"requests":[]}', 'they are no object'],
    ['defaults nested deep', `{"defaults":{"a":${nested(40)}},"requests":[]}`, 'nested deeper than 32 levels'],
    ['large defaults', `{"defaults":{"a":"${'x'.repeat(maxLineBytes)}"},"requests":[]}`, 'The defaults have more'],
    ['something after its end', '{"requests":[]} secret', 'broken at line 1, character 17'],
    ['a comma too much', '{"requests":[\n{"id":"secret"},\n]}', 'The JSON in the file is broken.'],
    ['a name without quotes', '{requests:[]}', 'broken at line 1, character 2'],
    ['a comma too much in an object', '{"requests":[\n{"id":"secret",}]}', 'broken at line 2, character 16'],
    ['single quotes', "{'requests':[]}", 'broken at line 1, character 2'],
    ['no end', '{"requests":[{"id":"secret"},', 'The JSON in the file ends too early.'],
    ['a text that does not end', '{"requests":[{"id":"secret', 'The JSON in the file ends too early.'],
    ['endless nesting', `{"requests":[{"a":${'['.repeat(100_000)}`, 'nested deeper than 1000 levels'],
    [
      'far too many values',
      `{"requests":[${'{},'.repeat(2_000_000)}{}]}`,
      'more than 2000000 objects and lists. Send it as .jsonl',
    ],
    ['another encoding', Buffer.from('{"requests":["\u00e9"]}', 'latin1'), 'not valid UTF-8'],
    ['a character cut off at its end', Buffer.from('{}\u00e9').subarray(0, 3), 'not valid UTF-8'],
  ])('with %s is refused, and says where and why', async (_, content, message) => {
    const refusal = read(content);
    await expect(refusal).rejects.toMatchObject({ code: 'unreadable_file' });
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.not.toThrow(/secret"/);
  });

  it.each(['', ' \r\n'])('with nothing in it is refused: %j', async (content) => {
    await expect(read(content)).rejects.toMatchObject({ code: 'empty_file' });
  });

  it('that is broken at its end gives no request out before', async () => {
    const lines = readJson(inPieces('{"requests":[{"id":"a"},{"id":"b"}'));
    await expect(lines.next()).rejects.toMatchObject({ code: 'unreadable_file' });
  });

  const values = fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' });

  it('gives the requests that JSON.parse finds, however it is written and its bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string({ unit: 'binary', maxLength: 5 }), values, { maxKeys: 4 }), { maxLength: 5 }),
        fc.constantFrom(undefined, 1, '\t', '\r\n'),
        fc.boolean(),
        pieceSizes,
        async (requests, space, isEscaped, sizes) => {
          const text = JSON.stringify({ requests }, null, space);
          const escaped = text.replace(
            /[^\0-\x7f]/g,
            (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
          );
          const lines = await read(isEscaped ? escaped : text, sizes);
          expect(lines.map((line) => (line.kind === 'request' ? JSON.parse(line.json) : line))).toEqual(
            JSON.parse(JSON.stringify(requests)),
          );
          // A line of the prepared file is a line.
          expect(lines.some((line) => line.kind === 'request' && line.json.includes('\n'))).toBe(false);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('that is changed in one place is read or refused, whatever it becomes', async () => {
    const text = '{"defaults":{"body":{"a":[1,true,null]}},"requests":[{"id":"\\u00e9","n":-1.5e3},{"id":"b"}]}';
    const sign = fc.constantFrom('', '{', '}', '[', ']', '"', ',', ':', '\\', '1', 'e', '-', 't', '\n', '\u0000', 'é');
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), sign, pieceSizes, async (place, other, sizes) => {
        const changed = text.slice(0, place) + other + text.slice(place + 1);
        const isJson = canParse(changed);
        try {
          await read(changed, sizes);
          expect(isJson).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'unreadable_file' });
        }
      }),
      { numRuns: inTier(100, 1_000) },
    );
  });
});

const canParse = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
