import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteMeter, manifestKey, OutputTooLargeError, outputKey, outputPrefix } from '#shared/jobs/outputs.ts';

const job = { jobId: '0199a0e4-7c1f-7000-8000-000000000001', createdAt: '2026-01-05T23:59:59.999Z' };

describe('keys', () => {
  it('lie under the UTC day of the creation and the id of the job', () => {
    expect(outputPrefix(job)).toBe('outputs/2026/01/05/0199a0e4-7c1f-7000-8000-000000000001/');
    expect(manifestKey(job)).toBe(`${outputPrefix(job)}job.json`);
  });

  it.each([
    ['image/jpeg', '0.jpg'],
    ['image/png', '0.png'],
    ['image/webp', '0.webp'],
    ['application/x-surprise', '0.bin'],
    ['constructor', '0.bin'],
  ])('of %s end in %s', (contentType, name) => {
    expect(outputKey(job, 0, contentType)).toBe(outputPrefix(job) + name);
  });
});

describe('ByteMeter', () => {
  const chunks = fc.array(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    { maxLength: 20 },
  );

  it('passes all bytes on, counted and hashed, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(chunks, async (input) => {
        const whole = Buffer.concat(input);
        const measure = new ByteMeter(whole.length);
        const [output] = await Promise.all([buffer(measure), pipeline(Readable.from(input), measure)]);
        expect(output).toEqual(whole);
        expect(measure.bytes).toBe(whole.length);
        expect(measure.sha256()).toBe(createHash('sha256').update(whole).digest('hex'));
      }),
      { numRuns: 50 },
    );
  });

  it('fails on the first byte beyond the limit, and lets nothing beyond it through', async () => {
    let passed = 0;
    const measure = new ByteMeter(10);
    measure.on('data', (chunk: Buffer) => {
      passed += chunk.length;
    });
    const input = Readable.from([Buffer.alloc(8), Buffer.alloc(3), Buffer.alloc(100)]);
    await expect(pipeline(input, measure)).rejects.toThrow(OutputTooLargeError);
    expect(passed).toBe(8);
  });
});
