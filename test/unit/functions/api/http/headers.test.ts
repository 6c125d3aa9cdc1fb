import { describe, expect, it } from 'vitest';
import { readWait } from '#functions/api/http/headers.ts';

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
  ])('reads %j as %j', (header, seconds) => {
    expect(readWait(header)).toBe(seconds);
  });

  it.each(['wait', 'wait=', 'wait=0', 'wait=26', 'wait=-1', 'wait=1.5', 'wait=ten', 'wait=9999999999999'])(
    'refuses %j, naming the header',
    (header) => {
      expect(() => readWait(header)).toThrow(
        expect.objectContaining({ status: 400, message: expect.stringContaining('Prefer') }),
      );
    },
  );
});
