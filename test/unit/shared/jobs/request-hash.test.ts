import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestHashOf } from '#shared/jobs/reuse.ts';

const hash = (body: unknown, modelVersion?: string) => requestHashOf('images/generate', modelVersion, body);

describe('requestHashOf', () => {
  it('ignores the order of fields', () => {
    expect(hash({ a: 1, b: { c: 2, d: 3 } })).toBe(hash({ b: { d: 3, c: 2 }, a: 1 }));
  });

  it('is the same exactly for equal JSON', () => {
    const ordered = (value: unknown): string =>
      JSON.stringify(value, (_, field) =>
        typeof field === 'object' && field !== null && !Array.isArray(field)
          ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
          : field,
      );
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(hash(one) === hash(other)).toBe(ordered(one) === ordered(other));
      }),
    );
  });

  it.each([
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, [['a', 1]]],
    [{ a: 1 }, ['fields', [['a', 1]]]],
    [JSON.parse('{"__proto__":1}'), {}],
    [1, '1'],
  ])('tells %j from %j', (one, other) => {
    expect(hash(one)).not.toBe(hash(other));
  });

  it('tells model versions apart', () => {
    expect(new Set([hash({}), hash({}, 'image3'), hash({}, 'image4_ultra')]).size).toBe(3);
  });
});
