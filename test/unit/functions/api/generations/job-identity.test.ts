import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobIdOf } from '#functions/api/generations/job-identity.ts';

describe('jobIdOf', () => {
  it('follows from stack, caller and key', () => {
    expect(jobIdOf('stack', 'caller', 'key')).toBe(jobIdOf('stack', 'caller', 'key'));
  });

  it('differs for every other stack, caller or key, however they are joined', () => {
    const parts = fc.tuple(fc.string(), fc.string(), fc.string());
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const same = one.every((part, index) => part === other[index]);
        expect(jobIdOf(...one) === jobIdOf(...other)).toBe(same);
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
    expect(jobIdOf('stack', 'caller', undefined)).not.toBe(jobIdOf('stack', 'caller', undefined));
  });
});
