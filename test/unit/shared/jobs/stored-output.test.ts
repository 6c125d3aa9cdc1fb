import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toJobEnded } from '#shared/events/job-ended.ts';
import type { JobOutput, OutputError } from '#shared/jobs/job.ts';
import { abridge, warnOfOutputs } from '#shared/jobs/stored-output.ts';
import { endedJob } from '../../../integration/shared/usage/costs.ts';

const output = (index: number, more: Partial<JobOutput> = {}): JobOutput => ({
  bucket: 'outputs-bucket',
  key: `outputs/2026/03/01/job/${index}.jpg`,
  sha256: '0'.repeat(64),
  bytes: 1,
  contentType: 'image/jpeg',
  ...more,
});
const outputs = (count: number, more?: Partial<JobOutput>) =>
  Array.from({ length: count }, (_, index) => output(index, more));
const errors = (count: number, message = 'Broken.') =>
  Array.from({ length: count }, (_, index): OutputError => ({ index, code: 'output_failed', message }));

it.each([
  ['200 outputs and 50 errors', outputs(200), errors(50)],
  ['no outputs', undefined, undefined],
])('an end with %s is recorded as it is', (_, listed, failures) => {
  const end = { to: 'succeeded', outputs: listed, errors: failures };
  expect(abridge(end)).toBe(end);
});

it.each([
  ['one output too many', outputs(201), errors(3), 200, 3],
  ['one error too many', outputs(3), errors(51), 3, 50],
  ['outputs of which Adobe says much', outputs(200, { fields: { note: 'é'.repeat(500) } }), [], 109, 0],
  ['long reasons', [], errors(50, '写'.repeat(1_000)), 0, 10],
])('an end with %s is recorded up to there, and says so', (_, listed, failures, outputsKept, errorsKept) => {
  const recorded = abridge({ outputs: listed, errors: failures });
  expect(recorded).toEqual({
    outputs: listed.slice(0, outputsKept),
    errors: failures.slice(0, errorsKept),
    isAbridged: true,
  });
  const job = { ...recorded, state: 'partially_succeeded', received: listed.length } as const;
  expect(warnOfOutputs(job)).toContainEqual(expect.stringContaining('job.json'));
});

it('no end is larger than its record and its event can be', () => {
  const text = fc.string({ unit: fc.constantFrom('x', 'é', '写', '"', '\u0000'), maxLength: 1_000, size: 'max' });
  const ends = fc.record({
    outputs: fc.tuple(fc.nat(400), text).map(([count, note]) => outputs(count, { fields: { note } })),
    errors: fc.tuple(fc.nat(400), text).map(([count, message]) => errors(count, message)),
  });
  fc.assert(
    fc.property(ends, (end) => {
      const recorded = abridge(end);
      expect(Buffer.byteLength(JSON.stringify(recorded))).toBeLessThan(400 * 1024 - 2 * 64 * 1024);
      const job = endedJob('1', 'partially_succeeded', { ...recorded, finishedAt: '2026-03-01T12:00:00.000Z' });
      const event = toJobEnded(job, { stackName: 'gateway', gatewayUrl: 'https://gateway.test' });
      expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(256 * 1024);
    }),
    { numRuns: 30 },
  );
});
