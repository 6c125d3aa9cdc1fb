import { describe, expect, it } from 'vitest';
import { type AccessToken, createAccessTokenCache, type TokenSource } from '#shared/adobe/auth/access-token.ts';

const hourMs = 3_600_000;

const createStore = () => {
  let now = 1_000_000;
  let version = 0;
  const calls: string[] = [];
  const make = (lifetimeMs = 24 * hourMs): AccessToken => {
    version += 1;
    return {
      accessToken: `token-${version}`,
      expiresAt: now + lifetimeMs,
      clientId: 'client',
      scope: 'openid',
      versionId: `v${version}`,
    };
  };
  const store = { token: make(), refreshes: true };
  const source: TokenSource = {
    read: async () => {
      calls.push('read');
      return store.token;
    },
    refresh: async (refused) => {
      calls.push(`refresh ${refused}`);
      if (store.refreshes && store.token.versionId === refused) store.token = make();
    },
  };
  const clock = { now: () => now };
  return {
    store,
    calls,
    make,
    cache: createAccessTokenCache(source, clock),
    pass: (ms: number) => {
      now += ms;
    },
  };
};

describe('the cached access token', () => {
  it('is read once, however many ask for it', async () => {
    const { cache, calls } = createStore();
    const tokens = await Promise.all([cache.get(), cache.get(), cache.get()]);
    await cache.get();
    expect(tokens.map(({ versionId }) => versionId)).toEqual(['v1', 'v1', 'v1']);
    expect(calls).toEqual(['read']);
  });

  it('is read anew from 5 minutes before it expires', async () => {
    const { cache, calls, store, make, pass } = createStore();
    await cache.get();
    pass(24 * hourMs - 5 * 60_000 - 1);
    await cache.get();
    expect(calls).toHaveLength(1);
    pass(1);
    store.token = make();
    expect((await cache.get()).versionId).toBe('v2');
  });

  it('is replaced when it is found expired', async () => {
    const { cache, pass } = createStore();
    pass(25 * hourMs);
    expect((await cache.get()).versionId).toBe('v2');
  });

  it('is not kept when reading it failed', async () => {
    const clock = { now: () => 0 };
    let fails = true;
    const { store } = createStore();
    const source: TokenSource = {
      read: async () => {
        if (fails) throw new Error('no connection');
        return store.token;
      },
      refresh: async () => undefined,
    };
    const cache = createAccessTokenCache(source, clock);
    await expect(cache.get()).rejects.toThrow('no connection');
    fails = false;
    expect((await cache.get()).versionId).toBe('v1');
  });
});

describe('a refused access token', () => {
  it('is replaced by the stored one, if that has changed', async () => {
    const { cache, calls, store, make } = createStore();
    const { versionId } = await cache.get();
    store.token = make();
    expect((await cache.refused(versionId)).versionId).toBe('v2');
    expect(calls).toEqual(['read', 'read']);
  });

  it('is minted anew if it is still the stored one, once for all who had it', async () => {
    const { cache, calls } = createStore();
    const { versionId } = await cache.get();
    const tokens = await Promise.all([cache.refused(versionId), cache.refused(versionId)]);
    expect(tokens.map((token) => token.versionId)).toEqual(['v2', 'v2']);
    expect(calls.filter((call) => call.startsWith('refresh'))).toEqual(['refresh v1']);
  });

  it('is answered from memory by whoever already has its successor', async () => {
    const { cache, calls } = createStore();
    const { versionId } = await cache.get();
    await cache.refused(versionId);
    const before = calls.length;
    expect((await cache.refused(versionId)).versionId).toBe('v2');
    expect(calls).toHaveLength(before);
  });

  it('is an error if there is no other', async () => {
    const { cache, store } = createStore();
    store.refreshes = false;
    const { versionId } = await cache.get();
    await expect(cache.refused(versionId)).rejects.toMatchObject({ code: 'token_unavailable' });
  });
});
