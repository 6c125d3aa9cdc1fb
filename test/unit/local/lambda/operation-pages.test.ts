import type { Operation } from '@aws-sdk/client-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageOf } from '#local/lambda/durable/operation-pages.ts';

const operationOf = (result: string, index: number): Operation => ({
  Id: String(index),
  Type: 'STEP',
  Status: 'SUCCEEDED',
  StartTimestamp: new Date(0),
  StepDetails: { Result: result },
});

describe('pageOf', () => {
  it('cuts all operations into pages within the limits, none lost and none twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 300 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 1_000 }),
        (results, maxItems, maxBytes) => {
          const operations = results.map(operationOf);
          const seen: Operation[] = [];
          let marker: string | undefined;
          do {
            const page = pageOf(operations, { maxItems, maxBytes }, marker);
            const bytes = page.operations.map((operation) => Buffer.byteLength(JSON.stringify(operation)));
            expect(page.operations.length).toBeLessThanOrEqual(maxItems);
            if (bytes.length > 1) expect(bytes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(maxBytes);
            seen.push(...page.operations);
            marker = page.nextMarker;
          } while (marker !== undefined);
          expect(seen).toEqual(operations);
        },
      ),
    );
  });

  it.each(['-1', 'x', '1.5', '2'])('refuses the marker %s', (marker) => {
    expect(() => pageOf([operationOf('', 0)], { maxItems: 1, maxBytes: 1 }, marker)).toThrow('Invalid Marker');
  });
});
