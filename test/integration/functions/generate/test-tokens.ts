import type { AccessToken, TokenSource } from '#shared/adobe/auth/access-token.ts';
import { testToken } from '#test/fixtures/access-token.ts';

/** Tokens as token-refresh would mint them: the first, then as many as there are names. */
export interface TestTokens extends TokenSource {
  /** Versions that were refused. */
  refused: string[];
  /** Keeps the token from being read or replaced. */
  fail?: Error;
}

/** Tokens of which the first is current. */
export const createTestTokens = (): TestTokens => {
  const names = ['first', 'second', 'third'];
  let current: AccessToken = testToken(names.shift());
  const tokens: TestTokens = {
    refused: [],
    read: async () => {
      if (tokens.fail !== undefined) throw tokens.fail;
      return current;
    },
    refresh: async (versionId) => {
      tokens.refused.push(versionId);
      const next = names.shift();
      if (next !== undefined && versionId === current.versionId) current = testToken(next);
    },
  };
  return tokens;
};
