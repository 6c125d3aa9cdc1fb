import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, readLimit } from '#functions/api/http/pagination.ts';

const before = '2026-03-01T12:00:00.000Z#0195f3a0-0000-7000-8000-000000000001';
const refusal = expect.objectContaining({ status: 400, code: 'bad_request' });

describe('cursors', () => {
  it('lead back to where the page ended', () => {
    expect(decodeCursor(encodeCursor(before, ['alice', 'queued']), ['alice', 'queued'])).toBe(before);
  });

  it('belong to one list, and do not show whose', () => {
    const cursor = encodeCursor(before, ['alice', '']);
    expect(() => decodeCursor(cursor, ['bob', ''])).toThrow(refusal);
    expect(Buffer.from(cursor, 'base64url').toString()).not.toContain('alice');
  });

  it('are refused with 400 whatever else they are', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.json().map((json) => btoa(encodeURI(json))),
        ),
        (cursor) => {
          expect(() => decodeCursor(cursor, ['alice', ''])).toThrow(refusal);
        },
      ),
    );
  });
});

describe('readLimit', () => {
  it('has a default and reads whole numbers from 1 to 100', () => {
    expect([undefined, '1', '100'].map(readLimit)).toEqual([20, 1, 100]);
  });

  it.each(['', '0', '101', '1e1', '-1', ' 5', '١'])('refuses %j', (limit) => {
    expect(() => readLimit(limit)).toThrow(refusal);
  });
});
