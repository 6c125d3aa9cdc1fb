import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRetryAfter } from '#shared/adobe/http/retry.ts';

describe('readRetryAfter', () => {
  const now = Date.UTC(2026, 0, 15, 12);

  it('understands seconds, as the guide says', () => {
    expect(readRetryAfter('30', now)).toBe(30_000);
    expect(readRetryAfter(' 1.5 ', now)).toBe(1_500);
    expect(readRetryAfter('0', now)).toBe(0);
  });

  it('understands an HTTP date, as the spec says', () => {
    expect(readRetryAfter('Thu, 15 Jan 2026 12:00:45 GMT', now)).toBe(45_000);
    expect(readRetryAfter('Thursday, 15-Jan-26 12:00:45 GMT', now)).toBe(45_000);
    expect(readRetryAfter('Thu, 15 Jan 2026 11:00:00 GMT', now)).toBe(0);
  });

  it.each([null, '', '  ', 'soon', 'soon 5', '-5', '1e3', 'Thu, nonsense', 'NaN', 'Infinity'])(
    'does not take %j for a time',
    (header) => {
      expect(readRetryAfter(header, now)).toBeUndefined();
    },
  );

  it('never waits longer than a day, whatever a mistaken header says', () => {
    expect(readRetryAfter('9'.repeat(400), now)).toBe(86_400_000);
    expect(readRetryAfter('Fri, 15 Jan 2038 12:00:00 GMT', now)).toBe(86_400_000);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.date().map(String)), (header) => {
        const waitMs = readRetryAfter(header, now);
        if (waitMs !== undefined) expect(waitMs).toSatisfy((ms: number) => ms >= 0 && ms <= 86_400_000);
      }),
    );
  });
});
