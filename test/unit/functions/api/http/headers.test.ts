import { describe, expect, it } from 'vitest';
import { readIdempotencyKey, readSecretHeaders, readWait } from '#functions/api/http/headers.ts';
import { ProblemError } from '#functions/api/http/problem.ts';

describe('readWait', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['respond-async', undefined],
    ['waiting=3', undefined],
    ['wait=1', 1],
    ['wait=25', 25],
    ['respond-async, wait=10', 10],
    ['Wait = "7"; foo=bar, handling=lenient', 7],
    ['note="later, wait=3", wait=4', 4],
    ['wait=5, wait=6', 5],
    ['wait=26', 25],
    ['handling=strict, wait=90', 25],
    ['wait=9999999999999', 25],
  ])('reads %j as %j', (header, seconds) => {
    expect(readWait(header)).toBe(seconds);
  });

  it.each(['wait', 'wait=', 'wait=0', 'wait=-1', 'wait=1.5', 'wait=ten', 'respond-async, wait=soon', 'wait=x, wait=3'])(
    'ignores %j, as no preference is an error',
    (header) => {
      expect(readWait(header)).toBeUndefined();
    },
  );
});

describe('readIdempotencyKey', () => {
  it.each([
    ['order-7', 'order-7'],
    ['"order-7"', 'order-7'],
    [' "order 7" ', 'order 7'],
    [String.raw`"say \"hi\" \\"`, String.raw`say "hi" \ `.trimEnd()],
    ['"half', '"half'],
    ['in"side', 'in"side'],
    [String.raw`"bad \escape"`, String.raw`"bad \escape"`],
    [`"${'k'.repeat(255)}"`, 'k'.repeat(255)],
  ])('reads %j as %j', (header, key) => {
    expect(readIdempotencyKey(header)).toBe(key);
  });

  it.each(['""', '"  "', `"${'k'.repeat(256)}"`])('refuses %j', (header) => {
    expect(() => readIdempotencyKey(header)).toThrow(expect.objectContaining({ status: 400 }));
  });
});

describe('readSecretHeaders', () => {
  const names = { secretHeaders: ['x-aem-token'] };
  const read = (value: string | undefined, operation: { secretHeaders?: readonly string[] } = names) =>
    readSecretHeaders({ header: () => value }, operation);

  it('reads what an operation needs, and nothing for another one', () => {
    expect(read(' eyJ0.e30.c2ln ')).toEqual({ 'x-aem-token': 'eyJ0.e30.c2ln' });
    expect(read('eyJ0.e30.c2ln', {})).toBeUndefined();
  });

  it.each([undefined, '', '  ', 'Bearer secret', 'a\tsecret', 'secret\u00e9', 's'.repeat(8_193)])(
    'refuses %j by the name of the header, without repeating it',
    (value) => {
      const refuse = () => read(value);
      expect(refuse).toThrow(ProblemError);
      expect(refuse).toThrow(/x-aem-token/);
      expect(refuse).not.toThrow(/secret|sssss/);
    },
  );
});
