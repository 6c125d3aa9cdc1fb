import { expect, it } from 'vitest';
import { addSecret, newSecret, secretOverlapMs, validSecrets } from '#shared/webhooks/webhook-store.ts';

const now = Date.parse('2026-03-01T12:00:00.000Z');
const values = (secrets: { secret: string }[]) => secrets.map(({ secret }) => secret);

it('has 32 random bytes, as Standard Webhooks writes them', () => {
  const secret = newSecret();
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(newSecret()).not.toBe(secret);
});

it('is valid for a day beside the one that replaced it', () => {
  const both = addSecret([{ secret: 'old' }], 'new', now);
  expect(values(validSecrets(both, now))).toEqual(['new', 'old']);
  expect(values(validSecrets(both, now + secretOverlapMs - 1))).toEqual(['new', 'old']);
  expect(values(validSecrets(both, now + secretOverlapMs))).toEqual(['new']);
});

it('outlives a rotation whose answer was lost and that is repeated', () => {
  const again = addSecret(addSecret([{ secret: 'in use' }], 'never seen', now), 'new', now + 1_000);
  expect(values(validSecrets(again, now + 2_000))).toEqual(['new', 'never seen', 'in use']);
  // The time of the first replacement counts: no number of rotations prolongs an old secret.
  expect(values(validSecrets(again, now + secretOverlapMs))).toEqual(['new', 'never seen']);
});

it('comes alone once the earlier ones are over', () => {
  const first = addSecret([{ secret: 'a' }], 'b', now);
  expect(values(addSecret(first, 'c', now + 2 * secretOverlapMs))).toEqual(['c', 'b']);
});
