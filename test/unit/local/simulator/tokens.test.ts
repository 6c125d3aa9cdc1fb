import { describe, expect, it } from 'vitest';
import { createTokens } from '#local/simulator/tokens.ts';

describe('tokens', () => {
  const clock = { now: () => 1_750_000_000_000 };
  const grant = { clientId: 'c', scopes: ['a', 'b'], secretUuid: 'u', lifetimeMs: 1000 };

  it('are accepted by another issuer until they expire', () => {
    const token = createTokens(clock).issue(grant);
    const at = (now: number) => createTokens({ now: () => now }).verify(token);
    expect(at(clock.now() + 999)).toMatchObject({ client_id: 'c', scope: 'a,b', sid: 'u' });
    expect(at(clock.now() + 1000)).toBeUndefined();
  });

  it('are refused when any part was changed', () => {
    const tokens = createTokens(clock);
    const [header, payload, signature] = tokens.issue(grant).split('.');
    const forged = Buffer.from(JSON.stringify({ client_id: 'other' })).toString('base64url');
    for (const token of [
      '',
      'x',
      'a.b.c',
      `${header}.${forged}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}.${signature}.x`,
    ]) {
      expect(tokens.verify(token)).toBeUndefined();
    }
  });

  it('issued before all were ended are refused, even those of the same millisecond', () => {
    const tokens = createTokens(clock);
    const before = tokens.issue(grant);
    tokens.expireIssued();
    const after = tokens.issue(grant);
    expect([tokens.verify(before), tokens.verify(after)]).toEqual([undefined, expect.objectContaining({ sid: 'u' })]);
    tokens.expireIssued();
    expect([tokens.verify(before), tokens.verify(after)]).toEqual([undefined, undefined]);
  });

  it('end with the secret they were minted with when it is revoked', () => {
    const tokens = createTokens(clock);
    const [one, other] = ['one', 'other'].map((secretUuid) => tokens.issue({ ...grant, secretUuid }));
    tokens.revokeSecret('one');
    expect(tokens.verify(one ?? '')).toBeUndefined();
    expect(tokens.verify(other ?? '')).toBeDefined();
  });
});
