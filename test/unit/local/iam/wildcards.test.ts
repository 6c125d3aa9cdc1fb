import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileArnPattern, compilePattern } from '#local/iam/wildcards.ts';

/** The same, as slow and as plain as it can be said. */
const matches = (pattern: string, text: string): boolean => {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*'))
    return matches(pattern.slice(1), text) || (text !== '' && matches(pattern, text.slice(1)));
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && matches(pattern.slice(1), text.slice(1));
};

it('matches as IAM says: a star for any characters, a question mark for one', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', ':'), maxLength: 12 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 8 });
  fc.assert(
    fc.property(pattern, text, (wanted, given) => {
      expect(compilePattern(wanted)(given)).toBe(matches(wanted, given));
    }),
  );
});

it('takes its signs for nothing else', () => {
  expect(compilePattern('a.c')('abc')).toBe(false);
  expect(compilePattern('$default/(x)+[y]')('$default/(x)+[y]')).toBe(true);
});

it('is not slow on a pattern that is all stars', () => {
  const started = performance.now();
  expect(compilePattern(`${'*a'.repeat(200)}b`)('a'.repeat(2_000))).toBe(false);
  // Whatever else the machine does: to try every way to share the letters out would take for ever.
  expect(performance.now() - started).toBeLessThan(30_000);
});

it('keeps a wildcard of an ARN within its part, and lets that of a resource reach over colons', () => {
  const matchesArn = compileArnPattern('arn:aws:s3:::bucket-*/outputs/*');
  expect(matchesArn('arn:aws:s3:::bucket-a/outputs/x:y')).toBe(true);
  expect(compileArnPattern('arn:aws:*:table/x')('arn:aws:dynamodb:us-east-1:1:table/x')).toBe(false);
  expect(compileArnPattern('arn:aws:lambda:*:*:function:a*')('arn:aws:lambda:x:1:function:a:live')).toBe(true);
});
