import { describe, expect, it } from 'vitest';
import { image } from '#shared/adobe/services/image/service.ts';
import type { JobPhase } from '#shared/adobe/services/job-progress.ts';
import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import type { ListedOutput, PresentedFile } from '#shared/adobe/services/outputs.ts';
import { photoshop } from '#shared/adobe/services/photoshop/service.ts';
import type { AdobeService } from '#shared/adobe/services/service.ts';

const find = (path: string): { operation: OperationDefinition; service: AdobeService } => {
  for (const service of [photoshop, image]) {
    const operation = service.operations.find((one) => one.path === path);
    if (operation !== undefined) return { operation, service };
  }
  throw new Error(`There is no operation at ${path}.`);
};

const read = (path: string, body: unknown) => {
  const { operation, service } = find(path);
  return service.dialect.readStatus(body, operation);
};

const times = {
  createdAt: '2026-03-01T09:30:00.000Z',
  updatedAt: '2026-03-01T09:30:07.000Z',
  links: { statusUrl: 'https://gateway/v2/status/J', cancelUrl: 'https://gateway/jobs/J/cancel' },
};

/** What a caller sees of a job whose outputs are all stored, at addresses of the gateway. */
const present = (path: string, body: unknown, phase: JobPhase = 'succeeded') => {
  const { operation, service } = find(path);
  const progress = service.dialect.readStatus(body, operation);
  if (progress?.kind !== 'succeeded') throw new Error(`The job is ${progress?.kind}.`);
  const files = progress.outputs.map((output, index): PresentedFile => {
    const content = output !== undefined && 'embedded' in output ? output.embedded?.content : undefined;
    return { index, url: `https://gateway/${index}`, content };
  });
  const result = operation.result.present(progress.result, files, []);
  return service.dialect.presentStatus({ jobId: 'J', phase, result, ...times }, operation);
};

const signed = (name: string) => `https://storage.adobe.io/${name}?sig=secret`;

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

const succeeded = (rest: object) => ({ jobId: 'A', status: 'succeeded', ...rest });
const box = { x: 1, y: 2, width: 3, height: 4 };
const maskOf = (name: string) => ({
  label: name,
  score: 0.9,
  boundingBox: box,
  destination: { url: signed(name) },
  mediaType: 'image/png',
});
const kept = (index: number) => `https://gateway/${index}`;

describe('results keep their shape', () => {
  it.each<[string, object, unknown[], object]>([
    [
      '/v2/edit',
      { result: { outputs: [{ destination: { url: signed('a') }, mediaType: 'image/jpeg' }, { url: signed('b') }] } },
      [{ url: signed('a') }, { url: signed('b') }],
      { result: { outputs: [{ destination: { url: kept(0) }, mediaType: 'image/jpeg' }, { url: kept(1) }] } },
    ],
    [
      '/v2/generate-manifest',
      {
        result: {
          outputs: [
            {
              destination: {
                embedded: 'json',
                content: { thumbnail: 'https://photoshop-api.adobe.io/v2/short-url/urn:a' },
              },
              mediaType: 'application/json',
            },
          ],
        },
      },
      [{ embedded: { content: expect.anything(), contentType: 'application/json' } }],
      {
        result: {
          outputs: [
            {
              destination: {
                embedded: 'json',
                content: { thumbnail: 'https://photoshop-api.adobe.io/v2/short-url/urn:a' },
              },
              mediaType: 'application/json',
            },
          ],
        },
      },
    ],
    [
      '/v2/edit',
      { result: { outputs: [{ destination: { embedded: 'base64', content: 'AAEC' }, mediaType: 'image/png' }, {}] } },
      [{ embedded: { content: new Uint8Array([0, 1, 2]), contentType: 'image/png' } }, undefined],
      { result: { outputs: [{ destination: { embedded: 'base64', content: 'AAEC' }, mediaType: 'image/png' }, {}] } },
    ],
    [
      '/v1/auto-crop',
      { result: { crops: [{ boundingBoxes: [{ ...box, url: signed('a') }, box] }], objects: [], subject: [] } },
      [{ url: signed('a') }],
      { result: { crops: [{ boundingBoxes: [{ ...box, url: kept(0) }, box] }], objects: [], subject: [] } },
    ],
    [
      '/v1/auto-crop',
      {
        result: {
          outputs: { crops: [], objects: [{ objectName: 'a', confidence: 1, boundingBoxes: [box] }], subject: [] },
        },
      },
      [],
      {
        result: {
          outputs: { crops: [], objects: [{ objectName: 'a', confidence: 1, boundingBoxes: [box] }], subject: [] },
        },
      },
    ],
    [
      '/v1/mask-objects',
      { semanticMasks: [maskOf('car'), maskOf('dog')], backgroundMasks: [maskOf('sky')] },
      [{ url: signed('car') }, { url: signed('dog') }, { url: signed('sky') }],
      {
        semanticMasks: [
          { ...maskOf('car'), destination: { url: kept(0) } },
          { ...maskOf('dog'), destination: { url: kept(1) } },
        ],
        backgroundMasks: [{ ...maskOf('sky'), destination: { url: kept(2) } }],
      },
    ],
    [
      '/v1/mask-body-parts',
      { masks: [{ ...maskOf('Hat'), boundingBox: { left: 1, top: 2, width: 3, height: 4 } }] },
      [{ url: signed('Hat') }],
      {
        masks: [{ label: 'Hat', boundingBox: { left: 1, top: 2, width: 3, height: 4 }, destination: { url: kept(0) } }],
      },
    ],
    [
      '/v1/refine-mask',
      { image: { destination: { url: signed('a') }, mediaType: 'image/png', boundingBox: box } },
      [{ url: signed('a') }],
      { image: { destination: { url: kept(0) }, mediaType: 'image/png', boundingBox: box } },
    ],
    [
      '/v1/fill-masked-areas',
      { image: { destination: { url: signed('a') }, mediaType: 'image/png' } },
      [{ url: signed('a') }],
      { image: { destination: { url: kept(0) } } },
    ],
  ])('of %s: %j', (path, body, outputs, presented) => {
    const progress = read(path, succeeded(body));
    expect(progress).toMatchObject({ kind: 'succeeded' });
    const listed: ListedOutput[] = progress?.kind === 'succeeded' ? progress.outputs : [];
    expect(listed).toEqual(outputs);
    expect(JSON.stringify(progress?.kind === 'succeeded' && progress.result)).not.toContain('secret');
    expect(present(path, succeeded(body))).toMatchObject({ jobId: 'J', status: 'succeeded', ...presented });
  });

  it('a mask without a file is one that cannot be read', () => {
    const { destination: _, ...without } = maskOf('car');
    const progress = read(
      '/v1/mask-objects',
      succeeded({ semanticMasks: [without, maskOf('dog')], backgroundMasks: [] }),
    );
    expect(progress).toMatchObject({ kind: 'succeeded', outputs: [undefined, { url: signed('dog') }] });
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
