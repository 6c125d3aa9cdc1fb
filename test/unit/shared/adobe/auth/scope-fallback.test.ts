import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImsClient } from '#shared/adobe/auth/ims.ts';
import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import { withScopeFallback } from '#shared/adobe/auth/scope-fallback.ts';

const scopeNames = ['openid', 'a', 'b', 'c', 'd', 'e'];
const scopeList = fc.uniqueArray(fc.constantFrom(...scopeNames), { minLength: 1 });

/** An IMS that refuses a request with a scope that the credential lacks. */
const startIms = (lacking: readonly string[], code = 'invalid_scope') => {
  const asked: string[] = [];
  const ims: ImsClient = {
    mint: async ({ scopes }) => {
      asked.push(scopes);
      if (scopes.split(',').some((scope) => lacking.includes(scope))) {
        throw new ImsError({ kind: 'configuration', status: 400, code });
      }
      return { accessToken: scopes, expiresAt: 1 };
    },
  };
  return { ims, asked };
};

const secret = { clientId: 'id', clientSecret: 'secret' };

describe('scopes that a credential may lack', () => {
  it('cost their own services only: every group without a lacking scope is in the token', async () => {
    const run = async (groups: string[][], lacking: string[], code: string) => {
      const scopes = [...new Set(groups.flat())].join(',');
      const { ims, asked } = startIms(lacking, code);
      const isGranted = (group: readonly string[]) => !group.some((scope) => lacking.includes(scope));
      const minted = withScopeFallback(ims, scopes, groups).mint({ ...secret, scopes });
      const [first = []] = groups;
      if (!isGranted(first)) {
        await expect(minted).rejects.toMatchObject({ code });
        return;
      }
      const { accessToken, refusedScopes = [] } = await minted;
      const granted = new Set(groups.filter(isGranted).flat());
      expect(new Set(accessToken.split(','))).toEqual(granted);
      expect([...granted, ...refusedScopes].sort()).toEqual(scopes.split(',').sort());
      expect(asked.length).toBeLessThanOrEqual(groups.length + 1);
    };
    const codes = fc.constantFrom('invalid_scope', 'unauthorized_client');
    await fc.assert(
      fc.asyncProperty(fc.array(scopeList, { minLength: 1, maxLength: 5 }), fc.subarray(scopeNames), codes, run),
    );
  });

  it('leave out what no service names as well, if it is refused', async () => {
    const { ims } = startIms(['extra']);
    const token = await withScopeFallback(ims, 'a,extra', [['a']]).mint({ ...secret, scopes: 'a,extra' });
    expect(token).toEqual({ accessToken: 'a', expiresAt: 1, refusedScopes: ['extra'] });
  });

  it.each(['invalid_request', 'http_403'])('are not at fault for %s, which is thrown at once', async (code) => {
    const { ims, asked } = startIms(['b'], code);
    const client = withScopeFallback(ims, 'a,b', [['a'], ['b']]);
    await expect(client.mint({ ...secret, scopes: 'a,b' })).rejects.toMatchObject({ code });
    expect(asked).toEqual(['a,b']);
  });

  it('of other tokens are asked for as they are', async () => {
    const { ims, asked } = startIms(['management']);
    const client = withScopeFallback(ims, 'a,b', [['a'], ['b']]);
    await expect(client.mint({ ...secret, scopes: 'management' })).rejects.toMatchObject({ code: 'invalid_scope' });
    expect(asked).toEqual(['management']);
  });

  it('end the attempt when IMS fails otherwise on the way', async () => {
    const fault = new ImsError({ kind: 'transient', status: 503, code: 'http_503' });
    const { ims } = startIms(['b']);
    const failing: ImsClient = {
      mint: (request) => (request.scopes === 'a,c' ? Promise.reject(fault) : ims.mint(request)),
    };
    const client = withScopeFallback(failing, 'a,b,c', [['a'], ['b'], ['c']]);
    await expect(client.mint({ ...secret, scopes: 'a,b,c' })).rejects.toBe(fault);
  });
});
