import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExactNumber, parseExactly } from '#shared/exact-json.ts';

describe('parseExactly', () => {
  it.each([
    '1e20',
    '[9007199254740993,-0,1.50,1E-7]',
    '{"a":{"__proto__":12345678901234567890},"b":[2,"1e3",null,true]}',
  ])('reads %s so that it is written again as it was', (text) => {
    expect(JSON.stringify(parseExactly(text))).toBe(text);
  });

  it('leaves everything else as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.parse(JSON.stringify(parseExactly(text)))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('tells its numbers from objects', () => {
    expect(['1.0', '{"rawJSON":"1.0"}', '7'].map((text) => isExactNumber(parseExactly(text)))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
