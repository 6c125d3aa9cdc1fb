import { describe, expect, it } from 'vitest';
import { indesignDialect } from '#shared/adobe/services/indesign/dialect.ts';
import { createRendition } from '#shared/adobe/services/indesign/operations/create-rendition.ts';
import type { PresentedJob } from '#shared/adobe/services/service.ts';
import { file } from './outputs.ts';

describe('the status that callers see', () => {
  const job: PresentedJob = {
    jobId: '0197c3f2-5a5e-7c3d-8f60-0d5f1f1f7c11',
    phase: 'running',
    createdAt: '2026-01-15T12:00:00.000Z',
    updatedAt: '2026-01-15T12:00:05.000Z',
    links: { statusUrl: 'https://gateway.example/v3/status/a', cancelUrl: '' },
  };
  const present = (more: Partial<PresentedJob>) =>
    JSON.parse(JSON.stringify(indesignDialect.presentStatus({ ...job, ...more }, createRendition)));

  it.each([
    ['pending', 'not_started'],
    ['running', 'running'],
    ['succeeded', 'succeeded'],
    ['partially_succeeded', 'partial_success'],
    ['failed', 'failed'],
    ['cancelled', 'failed'],
    ['timed_out', 'failed'],
  ] as const)('%s is %s', (phase, status) => {
    expect(present({ phase })).toEqual({ jobId: job.jobId, status, timestamp: job.updatedAt });
  });

  it('comes in pages where its query asks for them', () => {
    const outputs = Array.from({ length: 25 }, (_, index) => file(`${index}.jpg`));
    const paged = (query: PresentedJob['query']) => present({ phase: 'succeeded', result: { outputs }, query });
    const { statusUrl } = job.links;
    expect(paged({}).outputs).toHaveLength(25);
    expect(paged({ page: '1' })).toMatchObject({
      outputs: outputs.slice(10, 20),
      paging: { prevUrl: `${statusUrl}?size=10&page=0`, nextUrl: `${statusUrl}?size=10&page=2` },
    });
    expect(paged({ size: '20', page: '1' })).toMatchObject({ outputs: outputs.slice(20), paging: {} });
    expect(paged({ size: '20', page: '1' }).paging.nextUrl).toBeUndefined();
    expect(paged({ size: '100' }).paging).toBeUndefined();
    expect(paged({ size: '0', page: '-1' }).outputs).toEqual(outputs.slice(0, 1));
  });

  it('names why a job failed as Adobe does', () => {
    const error = { code: 'missing_font', message: 'A font is missing.' };
    expect(present({ phase: 'failed', error })).toMatchObject({
      errors: [{ error_code: 'missing_font', message: 'A font is missing.' }],
    });
  });

  it('has an output that could not be stored among the errors, by its name', () => {
    const rest = {
      outputs: [
        { source: 'a.pdf', destination: { url: { $output: 0 } } },
        { source: 'b.pdf', destination: { url: { $output: 1 } } },
      ],
    };
    const result = createRendition.result.present(
      rest,
      [{ index: 0, url: 'https://bucket/a' }],
      [{ index: 1, code: 'output_expired', message: 'Gone.' }],
    );
    expect(present({ phase: 'partially_succeeded', result })).toMatchObject({
      outputs: [{ source: 'a.pdf', destination: { url: 'https://bucket/a' } }],
      errors: [{ source: 'b.pdf', error_code: 'output_expired', message: 'Gone.' }],
    });
  });
});
