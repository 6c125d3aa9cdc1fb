import { describe, expect, it } from 'vitest';
import { isTokenRefused, readAdobeError } from '#shared/adobe/http/errors.ts';
import { illustratorDialect } from '#shared/adobe/services/illustrator/dialect.ts';
import { mergeData } from '#shared/adobe/services/illustrator/operations/merge-data.ts';
import { classifyRefusal } from '#shared/adobe/services/refusal.ts';
import type { PresentedJob } from '#shared/adobe/services/service.ts';

const read = (body: unknown) => illustratorDialect.readStatus(body, mergeData);
const file = (row: number) => ({ row, destination: { url: `https://bucket/${row}?sig=1` }, mediaType: 'image/png' });

it('an acceptance may name another host than the service has', () => {
  const statusUrl = 'https://illustrator-api-beta.adobe.io/beta/status/a';
  expect(illustratorDialect.readAcceptance({ jobId: 'a', statusUrl })).toEqual({ jobId: 'a', statusUrl });
  expect(illustratorDialect.readAcceptance({ jobId: 'a' })).toBeUndefined();
});

describe('a status', () => {
  it.each(['running', 'a word of tomorrow'])('%s goes on', (status) => {
    expect(read({ jobId: 'a', status, 'Retry-After': '1' })).toEqual({ kind: 'running' });
  });

  it.each([undefined, '', [], {}, { status: 7 }])('%j is none', (body) => {
    expect(read(body)).toBeUndefined();
  });

  it('succeeded: a file for each row', () => {
    expect(read({ jobId: 'a', status: 'succeeded', outputs: [file(1), file(2)] })).toMatchObject({
      kind: 'succeeded',
      outputs: [{ url: 'https://bucket/1?sig=1' }, { url: 'https://bucket/2?sig=1' }],
      result: { outputs: [{ row: 1, mediaType: 'image/png' }, { row: 2 }] },
    });
  });

  it('partially_succeeded: errors by rows, and what is to be sent again', () => {
    const errors = [{ row: 47, error_code: 'runtime_error', message: 'Missing fonts.' }];
    const needsRerun = [{ rowRange: { start: 1, end: 67 } }];
    expect(read({ status: 'partially_succeeded', outputs: [file(135)], errors, needsRerun })).toMatchObject({
      kind: 'succeeded',
      isPartial: true,
      outputs: [{ url: 'https://bucket/135?sig=1' }, { error: { code: 'runtime_error', message: 'Missing fonts.' } }],
      result: { errors, needsRerun },
    });
  });

  it.each([
    [{ error_code: 'runtime_error', message: 'Missing fonts.' }, 'runtime_error', 'Missing fonts.'],
    [{ error_code: 500_600 }, '500600', 'Adobe ended the job as failed.'],
    [{}, 'failed', 'Adobe ended the job as failed.'],
  ])('failed with %j', (more, code, message) => {
    expect(read({ status: 'failed', ...more })).toEqual({ kind: 'failed', code, message });
  });
});

describe('the status that callers see', () => {
  const job: PresentedJob = {
    jobId: 'a',
    phase: 'running',
    createdAt: '',
    updatedAt: '',
    links: { statusUrl: '', cancelUrl: '' },
  };
  const present = (more: Partial<PresentedJob>) =>
    JSON.parse(JSON.stringify(illustratorDialect.presentStatus({ ...job, ...more }, mergeData)));

  it.each([
    ['pending', 'running'],
    ['running', 'running'],
    ['succeeded', 'succeeded'],
    ['partially_succeeded', 'partially_succeeded'],
    ['failed', 'failed'],
    ['cancelled', 'failed'],
    ['timed_out', 'failed'],
  ] as const)('%s is %s', (phase, status) => {
    const wait = status === 'running' ? { 'Retry-After': '5' } : {};
    expect(present({ phase })).toEqual({ jobId: 'a', status, ...wait });
  });

  it('names why a job failed', () => {
    const error = { code: 'runtime_error', message: 'No.' };
    expect(present({ phase: 'failed', error })).toMatchObject({ error_code: 'runtime_error', message: 'No.' });
  });

  it('has a row that could not be stored among the errors', () => {
    const rest = {
      outputs: [
        { row: 1, destination: { url: { $output: 0 } } },
        { row: 2, destination: { url: { $output: 1 } } },
      ],
    };
    const failures = [{ index: 1, code: 'output_expired', message: 'Gone.' }];
    const result = mergeData.result.present(rest, [{ index: 0, url: 'https://bucket/a' }], failures);
    expect(present({ phase: 'partially_succeeded', result })).toMatchObject({
      outputs: [{ row: 1 }],
      errors: [{ row: 2, error_code: 'output_expired', message: 'Gone.' }],
    });
  });
});

describe('a refusal of Adobe', () => {
  it.each([
    [400, '{"error_code":"validation_error","message":"No.","validation_errors":["a","b"]}', 'final'],
    [403, '{"title":"ErrMissingAPIKey","status":403,"error_code":403000,"message":"API key is missing"}', 'access'],
    [404, '{"error_code":"unknown_job_id","message":"No."}', 'final'],
    [422, '{"error_code":"validation_error"}', 'final'],
    [429, '{"title":"ErrTooManyRequests","status":429,"error_code":429050}', 'rate'],
    [500, '{"error_code":"runtime_error","message":"No."}', 'unknown'],
  ])('%i %s is %s', (status, body, kind) => {
    expect(classifyRefusal(readAdobeError(status, body), illustratorDialect)).toBe(kind);
  });

  it('with a number and a title is one of the token', () => {
    const body =
      '{"title":"ErrInvalidOauthToken","status":401,"error_code":401013,"message":"Oauth token is not valid"}';
    expect(isTokenRefused(readAdobeError(401, body))).toBe(true);
  });

  it('of the gateway names its fields in sentences', () => {
    const fields = [{ path: ['input', 'source', 'url'], message: 'field required', type: 'value_error.missing' }];
    const refusal = { status: 422, code: 'validation_error', message: 'No.', fields };
    expect(illustratorDialect.presentRefusal?.(refusal, mergeData)).toEqual({
      error_code: 'validation_error',
      message: 'No.',
      validation_errors: ['input.source.url: field required'],
    });
  });
});
