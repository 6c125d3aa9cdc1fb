import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromAttributes, toAttributes } from '#shared/aws/dynamodb/attribute-values.ts';

const leaves = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.boolean(),
  fc.constant(null),
  fc.maxSafeInteger(),
  fc.double({ min: -1e15, max: 1e15, noNaN: true }).map((value) => value + 0),
);
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, leaves, fc.array(tie('value')), fc.dictionary(fc.string(), tie('value'))),
}));

describe('attributes', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anyValue), (values) => {
        expect(fromAttributes(JSON.parse(JSON.stringify(toAttributes(values))))).toEqual(values);
      }),
    );
  });

  it('are written in the words of DynamoDB, without what is undefined', () => {
    const values = {
      s: '',
      n: -0.5,
      yes: true,
      no: false,
      none: null,
      list: [1, undefined, []],
      map: { a: {}, b: undefined },
    };
    expect(toAttributes({ ...values, gone: undefined })).toEqual({
      s: { S: '' },
      n: { N: '-0.5' },
      yes: { BOOL: true },
      no: { BOOL: false },
      none: { NULL: true },
      list: { L: [{ N: '1' }, { L: [] }] },
      map: { M: { a: { M: {} } } },
    });
  });

  it('may have names that objects have besides', () => {
    const values = JSON.parse('{"__proto__": {"a": 1}, "constructor": "x", "S": {"N": "1"}}');
    const read = fromAttributes(JSON.parse(JSON.stringify(toAttributes(values))));
    expect(JSON.stringify(read)).toBe(JSON.stringify(values));
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });

  it.each([
    ['a date', new Date()],
    ['a set', new Set(['secret'])],
    ['bytes', Buffer.from('secret')],
    ['a function', () => 'secret'],
    ['a symbol', Symbol('secret')],
    ['a large number', 1n],
    ['what is no number', Number.NaN],
    ['an endless number', Number.POSITIVE_INFINITY],
    ['a number that is not exact', 2 ** 53],
  ])('of another kind are refused without their value: %s', (_, value) => {
    for (const values of [{ prompt: value }, { prompt: [value] }]) {
      expect(() => toAttributes(values)).toThrow(/^The attribute prompt /);
    }
    expect(() => toAttributes({ prompt: value })).not.toThrow(/secret/);
  });

  it('of a kind that the gateway does not write are not read as something else', () => {
    for (const attribute of [{ B: 'AA==' }, { SS: ['a'] }, { NS: ['1'] }, { BS: ['AA=='] }]) {
      expect(() => fromAttributes({ other: attribute as never })).toThrow(/^The attribute other /);
    }
  });
});
