import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteMeter, OutputTooLargeError } from '#functions/generate/byte-meter.ts';

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
