import { describe, expect, it } from 'vitest';
import { readAdobeError } from '#shared/adobe/http/errors.ts';
import { indesignDialect } from '#shared/adobe/services/indesign/dialect.ts';
import { createRendition } from '#shared/adobe/services/indesign/operations/create-rendition.ts';
import { documentInfo } from '#shared/adobe/services/indesign/operations/document-info.ts';
import { classifyRefusal } from '#shared/adobe/services/refusal.ts';
import { file } from './outputs.ts';

const read = (body: unknown) => indesignDialect.readStatus(body, createRendition);

const urlOf = (source: string) => ({ url: file(source).destination.url });

describe('an acceptance', () => {
  it.each([
    [{ jobId: 'a', statusUrl: 'https://indesign.adobe.io/v3/status/a' }, 'a'],
    [{ jobId: 7, statusUrl: 'https://indesign.adobe.io/v3/status/a' }, undefined],
    [{ statusUrl: 'https://indesign.adobe.io/v3/status/a' }, undefined],
  ])('%j names a status URL', (body, jobId) => {
    expect(indesignDialect.readAcceptance(body)).toEqual({ jobId, statusUrl: 'https://indesign.adobe.io/v3/status/a' });
  });

  it.each([undefined, '', [], {}, { jobId: 'a' }, { jobId: 'a', statusUrl: '' }, { statusUrl: 7 }])(
    '%j names none',
    (body) => {
      expect(indesignDialect.readAcceptance(body)).toBeUndefined();
    },
  );
});

describe('a status', () => {
  it.each(['not_started', 'running', 'a word of tomorrow'])('%s goes on', (status) => {
    expect(read({ jobId: 'a', status, message: 'Downloading.' })).toEqual({ kind: 'running' });
  });

  it.each([undefined, '', [], {}, { status: 7 }])('%j is none', (body) => {
    expect(read(body)).toBeUndefined();
  });

  it('succeeded: the files by their names', () => {
    const outputs = [file('out\\a.jpg'), file('out\\a2.jpg')];
    expect(read({ jobId: 'a', status: 'succeeded', timestamp: 't', outputs })).toMatchObject({
      kind: 'succeeded',
      outputs: [urlOf('out\\a.jpg'), urlOf('out\\a2.jpg')],
      result: { outputs: [{ source: 'out\\a.jpg' }, { source: 'out\\a2.jpg' }] },
    });
  });

  it.each([
    ['an output alone', file('a.pdf')],
    ['an output under its name', { 'a.pdf': { destination: file('a.pdf').destination } }],
    ['a URL under its name', { 'a.pdf': file('a.pdf').destination.url }],
  ])('succeeded with %s in place of a list', (_, outputs) => {
    expect(read({ status: 'succeeded', outputs })).toMatchObject({
      outputs: [urlOf('a.pdf')],
      result: { outputs: [{ source: 'a.pdf' }] },
    });
  });

  it('succeeded: an entry that cannot be read costs its neighbours nothing', () => {
    const outputs = [file('a.jpg'), null, { source: 'b.jpg' }, file('c.jpg')];
    expect(read({ status: 'succeeded', outputs })).toMatchObject({
      outputs: expect.arrayContaining([urlOf('a.jpg'), undefined, urlOf('c.jpg')]),
    });
  });

  it('partial_success: files, and errors beside them without the signatures of assets', () => {
    const error = {
      error_code: 'asset_upload_error',
      message: 'No.',
      source: 'b.jpg',
      url: 'https://s3/b?X-Amz-Signature=1',
    };
    const progress = read({ status: 'partial_success', outputs: [file('a.jpg')], errors: [error] });
    expect(progress).toMatchObject({
      kind: 'succeeded',
      isPartial: true,
      outputs: [urlOf('a.jpg'), { error: { code: 'asset_upload_error', message: 'No.' } }],
      result: { errors: [{ source: 'b.jpg' }] },
    });
    expect(JSON.stringify(progress)).not.toContain('X-Amz-Signature');
  });

  it('joined pages: what every page repeats counts once', () => {
    const error = { error_code: 'a', message: 'No.', source: 'x.jpg' };
    const outputs = [file('a.jpg'), file('b.jpg'), file('a.jpg')];
    expect(read({ status: 'partial_success', outputs, errors: [error, error] })).toMatchObject({
      outputs: [urlOf('a.jpg'), urlOf('b.jpg'), { error: { code: 'a' } }],
    });
  });

  it.each([
    [{ errors: [{ error_code: 'missing_font', message: 'A font is missing.' }] }, 'missing_font', 'A font is missing.'],
    [
      { errors: [{ error_code: 7 }, { error_code: 'b', message: 'B.' }] },
      '7',
      'Adobe ended the job as failed. (and 1 more)',
    ],
    [{ errors: [] }, 'failed', 'Adobe ended the job as failed.'],
    [{ errors: 'none' }, 'failed', 'Adobe ended the job as failed.'],
    [{ error_code: 'runtime_error', message: 'Broken.' }, 'runtime_error', 'Broken.'],
    [{}, 'failed', 'Adobe ended the job as failed.'],
  ])('failed with %j', (more, code, message) => {
    expect(read({ status: 'failed', ...more })).toEqual({ kind: 'failed', code, message });
  });
});

describe('what is told about a document', () => {
  it('is stored as JSON where it stands in the body', () => {
    const data = { numPages: 3, linkInfo: { items: [] } };
    const progress = indesignDialect.readStatus({ status: 'succeeded', data }, documentInfo);
    expect(progress).toMatchObject({ outputs: [{ embedded: { contentType: 'application/json' } }] });
    const [output] = progress?.kind === 'succeeded' ? progress.outputs : [];
    const content = output && 'embedded' in output ? output.embedded?.content : undefined;
    expect(JSON.parse(Buffer.from(content ?? []).toString())).toEqual(data);
  });

  it('is fetched where it is too large for the body', () => {
    const dataURL = 'https://host.blob.core.windows.net/data.json?sig=1';
    expect(indesignDialect.readStatus({ status: 'succeeded', dataURL }, documentInfo)).toMatchObject({
      outputs: [{ url: dataURL }],
    });
  });
});

describe('the next page', () => {
  const statusUrl = 'https://indesign.adobe.io/v3/status/a?x=1';
  const list = (length: number) => Array.from({ length }, (_, index) => file(`${index}.jpg`));
  const next = (body: object, url = statusUrl) => indesignDialect.nextPage?.({ status: 'succeeded', ...body }, url);
  const elsewhere = 'https://indesign-stage.adobe.io/v3/status/a?size=10&page=1';

  const later = (page: number) => `${statusUrl}&size=100&page=${page}`;

  it('begins again behind the first one, with longer pages', () => {
    expect(next({ outputs: list(10), paging: { nextUrl: elsewhere } })).toBe(later(0));
    expect(next({ outputs: list(10) })).toBe(later(0));
  });

  it('is where Adobe says, at the host that has the job', () => {
    const nextUrl = 'https://indesign-stage.adobe.io/v3/status/a?size=50&page=2';
    expect(next({ outputs: list(100), paging: { nextUrl } }, later(0))).toBe(`${statusUrl}&size=50&page=2`);
  });

  it('is one behind, whatever Adobe says', () => {
    expect(next({ outputs: list(10), paging: { nextUrl: elsewhere } }, later(3))).toBe(`${statusUrl}&size=10&page=4`);
  });

  it('is none behind the last one', () => {
    expect(next({ outputs: list(10), paging: { prevUrl: elsewhere } })).toBeUndefined();
    expect(next({ outputs: list(3) })).toBeUndefined();
    expect(next({ outputs: list(12) })).toBeUndefined();
    expect(next({ outputs: file('a.jpg') })).toBeUndefined();
    expect(next({})).toBeUndefined();
    expect(indesignDialect.nextPage?.('', statusUrl)).toBeUndefined();
  });

  it('is looked for behind a full one that says nothing of pages', () => {
    expect(next({ outputs: list(100) }, later(0))).toBe(later(1));
    expect(next({ outputs: list(10) }, later(0))).toBeUndefined();
  });
});

describe('a refusal of Adobe', () => {
  it.each([
    [400, '{"error_code":"bad_request","message":"No."}', 'final'],
    [403, '{"error_code":"user_not_entitled","message":"No."}', 'access'],
    [403, '{"error_code":"403000","message":"Api Key is required"}', 'access'],
    [404, '{"error_code":"not_found","message":"No."}', 'final'],
    [429, '{"error_code":"rate_limited","message":"No."}', 'rate'],
    [500, '{"error_code":"runtime_error","message":"No."}', 'unknown'],
    [503, '{"error_code":"runtime_error","message":"No."}', 'unknown'],
    [502, '<html>Bad Gateway</html>', 'unknown'],
  ])('%i %s is %s', (status, body, kind) => {
    expect(classifyRefusal(readAdobeError(status, body), indesignDialect)).toBe(kind);
  });

  it('of the gateway reads like one', () => {
    const refusal = { status: 422, code: 'validation_error', message: 'No.', fields: [] };
    expect(indesignDialect.presentRefusal?.(refusal, createRendition)).toEqual({
      error_code: 'validation_error',
      message: 'No.',
    });
  });
});

describe('where a caller wants outputs', () => {
  const wanted = (source: string) => ({ source, destination: { url: `https://bucket/${source}?secret=1` } });
  const body = { assets: [], params: {}, outputs: [wanted('out/b.jpg'), wanted('none.jpg')] };
  const { destinations } = createRendition;

  it('is found by the name that Adobe gave an output', () => {
    const progress = read({ status: 'succeeded', outputs: [file('out\\a.jpg'), file('out\\b.jpg')] });
    const result = progress?.kind === 'succeeded' ? progress.result : {};
    expect(destinations?.read?.(body, result)).toEqual([undefined, 'https://bucket/out/b.jpg?secret=1']);
  });

  it('is nothing that Adobe is told', () => {
    expect(destinations?.host?.(body)).toEqual({ assets: [], params: {} });
  });
});
