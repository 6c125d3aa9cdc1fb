import { describe, expect, it } from 'vitest';
import {
  documentStatusSchema,
  lightroomStatusSchema,
  presentDocumentStatus,
  presentLegacyRefusal,
  presentLightroomStatus,
} from '#shared/adobe/services/photoshop/legacy/bodies.ts';
import type { PresentedJob } from '#shared/adobe/services/service.ts';

const jobId = '0197c3f2-5a5e-7c3d-8f60-0d5f1f1f7c11';
const base: PresentedJob = {
  jobId,
  phase: 'pending',
  createdAt: '2026-11-01T10:00:00.000Z',
  updatedAt: '2026-11-01T10:00:05.000Z',
  links: {
    statusUrl: 'https://gateway.example.com/v2/status/1',
    cancelUrl: 'https://gateway.example.com/jobs/1/cancel',
  },
};
const statusUrl = `https://gateway.example.com/lrService/status/${jobId}`;
const input = 'https://files.example.com/in.jpg';
const url = 'https://bucket.example.com/out.jpg';
const result = { result: { outputs: [{ destination: { url }, mediaType: 'image/jpeg' }] } };

describe('a status in the words of old', () => {
  it.each<[string, Partial<PresentedJob>, Record<string, unknown>[]]>([
    ['waits', {}, [{ input, status: 'pending' }]],
    ['runs', { phase: 'running' }, [{ input, status: 'running' }]],
    [
      'has succeeded',
      { phase: 'succeeded', result },
      [{ input, status: 'succeeded', _links: { self: { href: url, storage: 'external' } } }],
    ],
    [
      'has failed',
      { phase: 'failed', error: { code: '400411', message: 'Refused.' } },
      [{ input, status: 'failed', details: 'Refused.', errors: { type: '400411', code: '400411', title: 'Refused.' } }],
    ],
    [
      'was cancelled',
      { phase: 'cancelled', error: { code: 'cancelled', message: 'Cancelled.' } },
      [
        {
          input,
          status: 'failed',
          details: 'Cancelled.',
          errors: { type: 'cancelled', code: 'cancelled', title: 'Cancelled.' },
        },
      ],
    ],
    [
      'has succeeded in part',
      {
        phase: 'partially_succeeded',
        result: { result: { outputs: [...result.result.outputs, { mediaType: 'image/png' }] } },
        errors: [{ index: 1, code: 'output_malformed', message: 'Unreadable.' }],
      },
      [
        { input, status: 'succeeded', _links: { self: { href: url, storage: 'external' } } },
        {
          input,
          status: 'failed',
          details: 'Unreadable.',
          errors: { type: 'output_malformed', code: 'output_malformed', title: 'Unreadable.' },
        },
      ],
    ],
  ])('a job that %s', (_title, job, outputs) => {
    const lightroom = presentLightroomStatus({ job: { ...base, ...job }, statusUrl, input });
    expect(JSON.parse(JSON.stringify(lightroom))).toEqual({
      jobId,
      created: base.createdAt,
      modified: base.updatedAt,
      outputs,
      _links: { self: { href: statusUrl } },
    });
    expect(lightroomStatusSchema().safeParse(lightroom).error).toBeUndefined();
    const document = presentDocumentStatus({ job: { ...base, ...job }, statusUrl, input });
    expect(documentStatusSchema().safeParse(document).error).toBeUndefined();
    expect(document.outputs.map(({ status }) => status)).toEqual(outputs.map(({ status }) => status));
  });

  it('names a rendition with its type', () => {
    const { outputs } = presentDocumentStatus({ job: { ...base, phase: 'succeeded', result }, statusUrl, input });
    expect(outputs[0]?._links).toEqual({ renditions: [{ href: url, storage: 'external', type: 'image/jpeg' }] });
  });
});

it('a refusal names each field with its reason', () => {
  const fields = [{ path: ['outputs', 0, 'quality'], message: 'too much', type: 'value_error' }];
  expect(presentLegacyRefusal({ status: 422, code: 'validation_error', message: 'Not valid.', fields })).toEqual({
    type: 'InputValidationError',
    code: 'validation_error',
    title: 'Not valid.',
    details: [{ name: 'outputs.0.quality', reason: 'too much' }],
  });
});
