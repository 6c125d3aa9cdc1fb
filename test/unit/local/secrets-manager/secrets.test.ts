import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelsOf, moveLabel, type Secret } from '#local/secrets-manager/secrets.ts';

const versionIds = ['one', 'two', 'three'];

const secretWith = (ids: readonly string[]): Secret => ({
  arn: 'arn',
  name: 'name',
  createdAt: 0,
  changedAt: 0,
  versions: new Map(ids.map((id) => [id, { id, createdAt: 0, openedByRotation: false }])),
  labels: new Map(),
});

describe('moveLabel', () => {
  it('keeps AWSPREVIOUS on the version that was current before, whatever else moves', () => {
    const moves = fc.array(
      fc.record({
        label: fc.constantFrom('AWSCURRENT', 'AWSPENDING', 'custom'),
        versionId: fc.constantFrom(...versionIds),
      }),
    );
    fc.assert(
      fc.property(moves, (sequence) => {
        const secret = secretWith(versionIds);
        let before: string | undefined;
        for (const { label, versionId } of sequence) {
          const current = secret.labels.get('AWSCURRENT');
          if (label === 'AWSCURRENT' && current !== versionId) before = current ?? before;
          moveLabel(secret, label, versionId);
          expect(labelsOf(secret, versionId)).toContain(label);
          expect(secret.labels.get('AWSPREVIOUS')).toBe(before);
          if (before !== undefined) expect(secret.labels.get('AWSCURRENT')).not.toBe(before);
        }
      }),
    );
  });
});
