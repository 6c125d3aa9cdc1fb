import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTokenRefused, readAdobeError } from '#shared/adobe/http/errors.ts';

describe('readAdobeError', () => {
  it('reads the word codes of a service and the numbers of the edge gateway', () => {
    expect(readAdobeError(451, '{"error_code":"prompt_unsafe","message":"Refused."}')).toEqual({
      code: 'prompt_unsafe',
      message: 'Refused.',
      validationErrors: undefined,
      status: 451,
      isAdobes: true,
      isHtml: false,
    });
    expect(readAdobeError(429, '{"error_code":429050,"message":"Too many requests"}')).toMatchObject({
      code: '429050',
      isAdobes: true,
    });
  });

  it('leaves out the queries of URLs, as those of presigned ones hold a signature', () => {
    const message =
      'Could not fetch https://bucket.s3.amazonaws.com/a.png?X-Amz-Signature=abc&b=1, nor "http://h/b?sig=2".';
    expect(readAdobeError(422, JSON.stringify({ error_code: 'validation_error', message })).message).toBe(
      'Could not fetch https://bucket.s3.amazonaws.com/a.png?… nor "http://h/b?…".',
    );
  });

  it('reads the reason that the list of custom models gives in place of a code', () => {
    expect(readAdobeError(403, '{"reason":"not_entitled","message":"No."}')).toMatchObject({
      code: 'not_entitled',
      message: 'No.',
      isAdobes: false,
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
    expect(readAdobeError(422, body, { accessError: 'user_non_entitled' }).message).toBe(
      'Invalid.; user_non_entitled; body.seeds.0: not an integer; body.size: too large',
    );
  });

  it.each([
    [
      'Photoshop',
      {
        error_code: 'validation_error',
        message: 'Failed',
        errors: [{ error_code: 'field_required', message: 'image' }],
      },
      { code: 'validation_error', message: 'Failed; image', type: 'field_required' },
    ],
    [
      'Photoshop as a guide prints it',
      { error_code: 'validation_error', message: 'Failed', errors: [{ code: 'field_required', message: 'image' }] },
      { code: 'validation_error', message: 'Failed; image', type: 'field_required' },
    ],
    [
      'masking',
      {
        type: 'error',
        code: 'input_validation_error',
        title: 'Not valid',
        details: [{ name: 'mask', reason: 'none' }],
      },
      { code: 'input_validation_error', message: 'Not valid; mask: none', type: 'value_error' },
    ],
    [
      'Illustrator',
      { error_code: 400000, title: 'Bad', message: 'Failed', validation_errors: ['mode is unknown'] },
      { code: '400000', message: 'Failed; mode is unknown', type: 'value_error' },
    ],
    [
      'Substance 3D',
      {
        error_code: 'bad',
        message: 'Failed',
        error_details: [{ loc: ['body', 'scene'], msg: 'none', error_code: 'x' }],
      },
      { code: 'bad', message: 'Failed; body.scene: none', type: 'x' },
    ],
  ])('reads the errors of %s', (_, body, { type, ...error }) => {
    const read = readAdobeError(422, JSON.stringify(body));
    expect(read).toMatchObject({ ...error, validationErrors: [{ type }] });
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

  it.each([
    ['<!DOCTYPE html><h1>Not found</h1>', undefined, true],
    ['  <center>nginx</center>', 'application/json', true],
    ['', 'text/html; charset=utf-8', true],
    ['Not found', 'Text/HTML', true],
    ['{"error_code":"unknown_job_id"}', 'text/html', false],
    ['{"error_code":"unknown_job_id"}', 'application/json', false],
    ['Not found', 'text/plain', false],
    ['', null, false],
  ])('tells a page from an answer of Adobe: %j as %j', (body, contentType, isHtml) => {
    expect(readAdobeError(404, body, { contentType })).toMatchObject({ isHtml });
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

it('tells a refused token by status 401 or by the gateway codes', () => {
  const refused = (status: number, code: string) => isTokenRefused({ status, code });
  expect(refused(401, '401013')).toBe(true);
  expect(refused(401, 'http_401')).toBe(true);
  // Audio/Video says so of a right that the credential lacks.
  expect(refused(401, 'unauthorized_forbidden')).toBe(false);
  expect(refused(403, '403020')).toBe(true);
  expect(refused(403, '403003')).toBe(false);
});
