import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTokenRefused, readAdobeError, readRetryAfter } from '#shared/adobe/errors.ts';

describe('readAdobeError', () => {
  it('reads the word codes of a service and the numbers of the edge gateway', () => {
    expect(readAdobeError(451, '{"error_code":"prompt_unsafe","message":"Refused."}')).toEqual({
      code: 'prompt_unsafe',
      message: 'Refused.',
      status: 451,
      isAdobes: true,
    });
    expect(readAdobeError(429, '{"error_code":429050,"message":"Too many requests"}')).toMatchObject({
      code: '429050',
      isAdobes: true,
    });
  });

  it('names the access error and every invalid field, and leaves stack traces out', () => {
    const body = JSON.stringify({
      error_code: 'validation_error',
      message: 'Invalid.',
      validation_errors: [
        { loc: ['body', 'seeds', 0], msg: 'not an integer', type: 'int' },
        { loc: ['body', 'size'], msg: 'too large', type: 'max' },
      ],
      stack_trace: ['at secret.internal'],
    });
    expect(readAdobeError(422, body, 'user_non_entitled').message).toBe(
      'Invalid.; user_non_entitled; body.seeds.0: not an integer; body.size: too large',
    );
  });

  it.each([
    ['HTML', '<html>413</html>'],
    ['nothing', ''],
    ['JSON of another shape', '[1,2]'],
    ['JSON without a code', '{"message":"Bad gateway"}'],
    ['an empty code', '{"error_code":"","message":"Bad gateway"}'],
  ])('knows that %s is not the error of an Adobe service', (_, body) => {
    expect(readAdobeError(502, body)).toMatchObject({ code: 'http_502', isAdobes: false });
  });

  it('keeps the code however odd the fields beside it are', () => {
    for (const body of [
      '{"error_code":"runtime_error","message":null}',
      '{"error_code":"runtime_error","message":{"text":"x"}}',
      '{"error_code":"runtime_error","validation_errors":"none"}',
      '{"error_code":"runtime_error","validation_errors":[{"loc":"body"}]}',
    ]) {
      expect(readAdobeError(500, body)).toMatchObject({ code: 'runtime_error', isAdobes: true });
    }
  });

  it('never throws and never keeps more than fits into a job', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ minLength: 2_000 })), (body) => {
        const { message } = readAdobeError(500, body);
        expect(message.length).toBeGreaterThan(0);
        expect(message.length).toBeLessThanOrEqual(1_000);
      }),
    );
    expect(readAdobeError(500, JSON.stringify({ message: 'x'.repeat(5_000) })).message).toHaveLength(1_000);
  });
});

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

it('tells a refused token by status 401 or by the gateway codes', () => {
  const refused = (status: number, code: string) => isTokenRefused({ status, code, message: '' });
  expect(refused(401, '401013')).toBe(true);
  expect(refused(401, 'http_401')).toBe(true);
  expect(refused(403, '403020')).toBe(true);
  expect(refused(403, '403003')).toBe(false);
});
