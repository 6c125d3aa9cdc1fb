import { describe, expect, it } from 'vitest';
import { image } from '#shared/adobe/services/image/service.ts';
import type { JobPhase } from '#shared/adobe/services/job-progress.ts';
import { photoshop } from '#shared/adobe/services/photoshop/service.ts';
import { find, read, times } from './statuses.ts';

describe('the words of a status', () => {
  it.each<[string, unknown, string | undefined]>([
    ['/v2/edit', { status: 'pending' }, 'running'],
    ['/v2/edit', { status: 'running' }, 'running'],
    ['/v2/edit', { status: 'resting' }, 'running'],
    ['/v2/edit', { status: 'succeeded', result: { outputs: [] } }, 'succeeded'],
    ['/v2/edit', { status: 'failed' }, 'failed'],
    ['/v2/edit', {}, undefined],
    ['/v2/edit', { status: 7 }, undefined],
    ['/v2/edit', [], undefined],
    ['/v1/auto-crop', { status: 'running' }, 'running'],
    ['/v1/auto-crop', { status: 'failed', errorDetails: 'none' }, 'failed'],
    ['/v1/mask-objects', { status: 'not_started' }, 'running'],
    ['/v1/mask-objects', { status: 'running' }, 'running'],
    ['/v1/mask-objects', { status: 'waiting' }, 'running'],
    ['/v1/mask-objects', { status: 'succeeded', semanticMasks: [] }, 'succeeded'],
    ['/v1/mask-objects', { status: 'failed' }, 'failed'],
    ['/v1/mask-objects', 'succeeded', undefined],
  ])('of %s: %j is %s', (path, body, kind) => {
    expect(read(path, body)?.kind).toBe(kind);
  });

  it.each<[string, unknown, { code: string; message: unknown }]>([
    [
      '/v2/edit',
      {
        errorDetails: [
          { errorCode: '422404', message: 'a' },
          { errorCode: '500600', message: 'b' },
        ],
      },
      { code: '422404', message: 'a; b' },
    ],
    [
      '/v2/edit',
      { errorDetails: [{ errorCode: 403421, message: null }] },
      { code: '403421', message: expect.any(String) },
    ],
    ['/v2/edit', { errorDetails: [] }, { code: 'failed', message: expect.any(String) }],
    [
      '/v2/remove-background',
      { errorDetails: [{ errorCode: '400411', message: 'No.' }] },
      { code: '400411', message: expect.stringContaining('content filter') },
    ],
    [
      '/v1/refine-mask',
      { error_code: 'processing_error', message: 'Bad.' },
      { code: 'processing_error', message: 'Bad.' },
    ],
    [
      '/v1/refine-mask',
      { code: 'internal_server_error', title: 'Bad.' },
      { code: 'internal_server_error', message: 'Bad.' },
    ],
    ['/v1/refine-mask', {}, { code: 'failed', message: expect.any(String) }],
  ])('of a job of %s that failed: %j', (path, body, failure) => {
    expect(read(path, { status: 'failed', ...(body as object) })).toEqual({ kind: 'failed', ...failure });
  });

  it.each<[JobPhase, string, string]>([
    ['pending', 'pending', 'not_started'],
    ['running', 'running', 'running'],
    ['succeeded', 'succeeded', 'succeeded'],
    ['partially_succeeded', 'succeeded', 'succeeded'],
    ['failed', 'failed', 'failed'],
    ['cancelled', 'failed', 'failed'],
    ['timed_out', 'failed', 'failed'],
  ])('for a job that is %s are %s, and %s in masking', (phase, word, maskingWord) => {
    const job = { jobId: 'J', phase, error: { code: 'why', message: 'Because.' }, ...times };
    const { operation, service } = find('/v2/edit');
    expect(service.dialect.presentStatus(job, operation)).toEqual({
      jobId: 'J',
      status: word,
      createdTime: times.createdAt,
      modifiedTime: times.updatedAt,
      errorDetails: [{ errorCode: 'why', message: 'Because.' }],
    });
    const masking = find('/v1/refine-mask');
    expect(masking.service.dialect.presentStatus(job, masking.operation)).toEqual({
      jobId: 'J',
      status: maskingWord,
      error_code: 'why',
      message: 'Because.',
    });
  });
});

describe('an acceptance', () => {
  const statusUrl = 'https://photoshop-api-shard.adobe.io/v2/status/A';
  it.each<[unknown, object | undefined]>([
    [
      { jobId: 'A', statusUrl },
      { jobId: 'A', statusUrl },
    ],
    [{ statusUrl }, { statusUrl }],
    [{ jobId: 7, statusUrl }, { statusUrl }],
    [
      { jobId: 'A', _links: { self: { href: statusUrl } } },
      { jobId: 'A', statusUrl },
    ],
    [{ _links: { self: statusUrl } }, { statusUrl }],
    [{ jobId: 'A' }, undefined],
    [{ statusUrl: 'nowhere' }, undefined],
    ['accepted', undefined],
  ])('%j names %j', (body, accepted) => {
    expect(photoshop.dialect.readAcceptance(body)).toEqual(accepted);
    expect(image.dialect.readAcceptance(body)).toEqual(accepted);
  });
});
