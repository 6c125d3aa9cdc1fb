import { describe, expect, it } from 'vitest';
import { readAdobeError } from '#shared/adobe/http/errors.ts';
import type { JobPhase } from '#shared/adobe/services/job-progress.ts';
import { classifyRefusal } from '#shared/adobe/services/refusal.ts';
import { substanceDialect } from '#shared/adobe/services/substance/dialect.ts';
import { render } from '#shared/adobe/services/substance/operations/render.ts';

const statusUrl = 'https://s3d.adobe.io/v1/jobs/1727790895129-0';
const job = { url: statusUrl, id: '1727790895129-0', bugReportUrl: 'https://s3d.adobe.io/v1/bug-report/1' };

describe('the acceptance of a job', () => {
  it.each([
    [
      { ...job, status: 'not_started' },
      { jobId: job.id, statusUrl },
    ],
    [
      { ...job, status: 'running', $schema: 'https://s3d.adobe.io/schemas/RenderModelResponse.json' },
      { jobId: job.id, statusUrl },
    ],
    [{ url: statusUrl }, { jobId: undefined, statusUrl }],
    [
      { id: 7, url: statusUrl },
      { jobId: undefined, statusUrl },
    ],
    [{ id: job.id }, undefined],
    [{ id: job.id, url: 'jobs/1' }, undefined],
    ['accepted', undefined],
  ])('%j', (body, accepted) => {
    expect(substanceDialect.readAcceptance(body)).toEqual(accepted);
  });
});

describe('what a status says', () => {
  const read = (body: unknown) => substanceDialect.readStatus(body, render);

  it.each(['not_started', 'running', 'a new word'])('%s goes on', (status) => {
    expect(read({ ...job, status })).toEqual({ kind: 'running' });
  });

  it.each([undefined, null, 'text', {}, { status: 7 }])('nothing in %j', (body) => {
    expect(read(body)).toBeUndefined();
  });

  it.each([
    ['No model was found.', 'No model was found.'],
    ['', 'Adobe ended the job as failed.'],
    [undefined, 'Adobe ended the job as failed.'],
    [{ text: 'odd' }, 'Adobe ended the job as failed.'],
  ])('a failure for %j', (error, message) => {
    expect(read({ ...job, status: 'failed', error })).toEqual({ kind: 'failed', code: 'failed', message });
  });

  it('a success without a result is a failure', () => {
    expect(read({ ...job, status: 'succeeded' })).toMatchObject({ kind: 'failed', code: 'result_not_understood' });
  });

  it('a success with its files', () => {
    const renderUrl = 'https://s3d.adobe.io/v1/spaces/s-1/files/render0000.png?x-s3d-presigned-token=t';
    expect(read({ ...job, status: 'succeeded', result: { renderUrl } })).toMatchObject({
      kind: 'succeeded',
      outputs: [{ url: renderUrl }],
    });
  });
});

describe('a refusal', () => {
  const error = (status: number, error_code: string, more = {}) =>
    readAdobeError(status, JSON.stringify({ error_code, message: '', ...more }), { contentType: 'application/json' });

  it.each([
    [400, 'empty_input_body', 'final'],
    [400, 'invalid_json', 'final'],
    [403, 'access_error', 'access'],
    [408, 'timeout_error', 'unknown'],
    [413, 'entity_too_large', 'final'],
    [415, 'invalid_content_type', 'final'],
    [422, 'validation_error', 'final'],
    [429, 'rate_limited', 'rate'],
    [500, 'runtime_error', 'unknown'],
    [503, '503000', 'unknown'],
  ])('%d %s is %s', (status, code, kind) => {
    expect(classifyRefusal(error(status, code), substanceDialect)).toBe(kind);
  });

  it('names the fields that are wrong', () => {
    const error_details = [{ loc: 'body.sources[0].url', msg: 'unsupported domain', error_code: 'invalid_url' }];
    const { validationErrors, message } = error(422, 'validation_error', { error_details });
    expect(validationErrors).toEqual([
      { loc: ['body.sources[0].url'], msg: 'unsupported domain', type: 'invalid_url' },
    ]);
    expect(message).toBe('body.sources[0].url: unsupported domain');
  });

  it('of the gateway is written as Substance 3D writes it', () => {
    const fields = [{ path: ['sources', 0, 'url', 'url'], message: 'field required', type: 'value_error.missing' }];
    const refusal = { status: 422, code: 'validation_error', message: 'A field is missing.', fields };
    expect(substanceDialect.presentRefusal?.(refusal, render)).toEqual({
      error_code: 'validation_error',
      message: 'A field is missing.',
      error_details: [{ loc: 'body.sources[0].url.url', msg: 'field required', error_code: 'value_error.missing' }],
    });
  });
});

describe('a job of the gateway', () => {
  const ours = 'https://gateway.example.com/v1/jobs/1';
  const present = (phase: JobPhase, more = {}) =>
    substanceDialect.presentStatus(
      { jobId: '1', phase, createdAt: '', updatedAt: '', links: { statusUrl: ours, cancelUrl: '' }, ...more },
      render,
    );

  it.each<[JobPhase, string]>([
    ['pending', 'not_started'],
    ['running', 'running'],
    ['succeeded', 'succeeded'],
    ['partially_succeeded', 'succeeded'],
    ['failed', 'failed'],
    ['cancelled', 'failed'],
    ['timed_out', 'failed'],
  ])('that is %s is %s', (phase, status) => {
    expect(present(phase)).toMatchObject({ id: '1', url: ours, status });
  });

  it('that has failed says why, and one that was cancelled that it was', () => {
    expect(present('failed', { error: { code: 'failed', message: 'No model.' } })).toMatchObject({
      error: 'No model.',
    });
    expect(present('cancelled')).toMatchObject({ error: 'The job was cancelled.' });
  });

  it('is accepted with its id and the URL to follow it', () => {
    expect(render.accepts.write('1', { statusUrl: ours, cancelUrl: '' })).toEqual({
      id: '1',
      url: ours,
      status: 'not_started',
    });
  });
});
