import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildJobId } from '#functions/api/generations/request.ts';

describe('buildJobId', () => {
  it('follows from stack, caller and key', () => {
    expect(buildJobId('stack', 'caller', 'key')).toBe(buildJobId('stack', 'caller', 'key'));
  });

  it('differs for every other stack, caller or key, however they are joined', () => {
    const parts = fc.tuple(fc.string(), fc.string(), fc.string());
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const same = one.every((part, index) => part === other[index]);
        expect(buildJobId(...one) === buildJobId(...other)).toBe(same);
      }),
      {
        examples: [
          [
            ['s', 'a', 'b,c'],
            ['s', 'a,b', 'c'],
          ],
          [
            ['s', 'a"', 'b'],
            ['s', 'a', '"b'],
          ],
        ],
      },
    );
  });

  it('is new each time without a key', () => {
    expect(buildJobId('stack', 'caller', undefined)).not.toBe(buildJobId('stack', 'caller', undefined));
  });
});
