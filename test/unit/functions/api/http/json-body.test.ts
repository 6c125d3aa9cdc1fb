import { describe, expect, it } from 'vitest';
import { type RawBody, readJsonBody } from '#functions/api/http/json-body.ts';

const read = (body: string, options: Partial<RawBody> = {}) =>
  readJsonBody({ body, isBase64Encoded: false, contentType: 'application/json', ...options }, 100).value;

describe('readJsonBody', () => {
  it.each(['application/json', 'Application/JSON; charset=UTF-8', 'application/json;charset="utf-8"'])(
    'takes %s',
    (contentType) => {
      expect(read('{"a":[1]}', { contentType })).toEqual({ a: [1] });
    },
  );

  it.each([undefined, '', 'text/json', 'application/json; charset=utf-16', 'multipart/form-data', 'application/jsonp'])(
    'refuses the content type %s',
    (contentType) => {
      expect(() => read('{}', { contentType })).toThrow(expect.objectContaining({ status: 415 }));
    },
  );

  it('counts bytes, not characters, of what was encoded', () => {
    const text = (count: number) => JSON.stringify('ä'.repeat(count));
    expect(read(text(49))).toHaveLength(49);
    expect(() => read(text(50))).toThrow(expect.objectContaining({ status: 413 }));
    const encoded = (count: number) => Buffer.from(text(count)).toString('base64');
    expect(read(encoded(49), { isBase64Encoded: true })).toHaveLength(49);
    expect(() => read(encoded(50), { isBase64Encoded: true })).toThrow(expect.objectContaining({ status: 413 }));
  });

  it.each([
    ['', 'empty_input_body'],
    [' \n', 'empty_input_body'],
    ['{', 'bad_request'],
    ["{'a':1}", 'bad_request'],
    ['-1e400', 'bad_request'],
    [`${'['.repeat(45)}${']'.repeat(45)}`, 'bad_request'],
  ])('refuses %j as %s without quoting it', (body, code) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ status: 400, code }));
  });

  it('takes JSON as deep as any documented request', () => {
    expect(read(`${'['.repeat(30)}${']'.repeat(30)}`)).toBeInstanceOf(Array);
  });
});
