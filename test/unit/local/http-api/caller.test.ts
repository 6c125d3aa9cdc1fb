import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localCaller } from '#local/http-api/request-event.ts';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: unknown) => `${encode({ alg: 'none' })}.${encode(claims)}.`;

describe('localCaller', () => {
  it.each([
    ['nothing', {}, 'local'],
    ['an opaque token', { authorization: 'Bearer opaque' }, 'local'],
    ['a token with dots that is no JWT', { authorization: 'Bearer a.b.c' }, 'local'],
    ['a JWT', { authorization: `Bearer ${jwt({ sub: 'team-a' })}` }, 'team-a'],
    ['a JWT in another spelling of Bearer', { authorization: `bearer ${jwt({ sub: 'team-a' })}` }, 'team-a'],
    ['a JWT and the header', { authorization: `Bearer ${jwt({ sub: 'a' })}`, 'x-local-caller': 'b' }, 'a'],
    ['a JWT without sub, and the header', { authorization: `Bearer ${jwt({})}`, 'x-local-caller': 'b' }, 'b'],
    ['a JWT whose sub is no string', { authorization: `Bearer ${jwt({ sub: 7 })}` }, 'local'],
    ['the header', { 'x-local-caller': ' team-b ' }, 'team-b'],
    ['an empty header', { 'x-local-caller': ' ' }, 'local'],
  ])('finds the caller in %s', (_what, headers, caller) => {
    expect(localCaller(headers)).toBe(caller);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (token) => {
        expect(localCaller({ authorization: `Bearer ${token}` })).toEqual(expect.any(String));
      }),
    );
  });
});
