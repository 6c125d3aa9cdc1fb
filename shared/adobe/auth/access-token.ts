import type { Clock } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';
import type { BearerToken, BearerTokens } from '../http/call.ts';

/** A generation token as the gateway's functions share it. */
export interface AccessToken extends BearerToken {
  /** Epoch ms. */
  expiresAt: number;
  /** Comma-separated scopes. */
  scope: string;
}

/** Where the token is kept, and who can replace it. */
export interface TokenSource {
  /**
   * Reads the current token.
   *
   * @throws {NotConfiguredError} while no Adobe credentials were given to the gateway
   */
  read(): Promise<AccessToken>;
  /**
   * Has a new token minted if the refused version is still the current one; returns when that is decided.
   *
   * @param refusedVersionId version of the token that Adobe refused
   */
  refresh(refusedVersionId: string): Promise<void>;
}

/** The gateway was deployed but its Adobe credentials have not been set yet. */
export class NotConfiguredError extends GatewayError {
  /** @param what the secret that still holds its placeholder */
  constructor(what: string) {
    super(
      'not_configured',
      `Adobe credentials are not configured yet: the secret ${what} still holds its placeholder.`,
    );
  }
}

/** The only token at hand is expired, or Adobe refused it and no other could be had. */
export class TokenUnavailableError extends GatewayError {
  /** @param message what is wrong with the token at hand */
  constructor(message: string) {
    super('token_unavailable', message);
  }
}

/** The token in the memory of one process. */
export interface AccessTokenCache extends BearerTokens {
  /**
   * The current token: from memory until 5 minutes before it expires, then read again; concurrent calls share one read.
   *
   * @throws {NotConfiguredError} while no Adobe credentials were given to the gateway
   * @throws {TokenUnavailableError} if the stored token is expired and could not be replaced
   */
  get(): Promise<AccessToken>;
  /**
   * Another token than the one Adobe refused: the stored one if it has changed meanwhile, else a new one.
   *
   * @param versionId version of the token that Adobe refused
   * @throws {TokenUnavailableError} if there is no other token
   */
  refused(versionId: string): Promise<AccessToken>;
}

const marginMs = 5 * 60_000;

/** Creates the cache that every function calling Adobe holds outside its handler. */
export const createAccessTokenCache = (source: TokenSource, clock: Clock): AccessTokenCache => {
  let cached: AccessToken | undefined;
  let reading: Promise<AccessToken> | undefined;
  let replacing: { versionId: string; token: Promise<AccessToken> } | undefined;

  const readOnce = (): Promise<AccessToken> => {
    reading ??= source
      .read()
      .then((token) => {
        cached = token;
        return token;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };

  const isValid = (token: AccessToken) => token.expiresAt > clock.now();

  const replace = async (versionId: string): Promise<AccessToken> => {
    const stored = await readOnce();
    if (stored.versionId !== versionId && isValid(stored)) return stored;
    await source.refresh(stored.versionId);
    const renewed = await readOnce();
    if (renewed.versionId === stored.versionId || !isValid(renewed)) {
      throw new TokenUnavailableError('No valid Adobe access token: the refresh left the unusable one in place.');
    }
    return renewed;
  };

  const replaceOnce = (versionId: string): Promise<AccessToken> => {
    if (replacing?.versionId !== versionId) {
      const token = replace(versionId).finally(() => {
        if (replacing?.token === token) replacing = undefined;
      });
      replacing = { versionId, token };
    }
    return replacing.token;
  };

  return {
    get: async () => {
      if (cached && cached.expiresAt - marginMs > clock.now()) return cached;
      const token = await readOnce();
      return isValid(token) ? token : replaceOnce(token.versionId);
    },
    refused: async (versionId) => {
      if (cached && cached.versionId !== versionId && cached.expiresAt - marginMs > clock.now()) return cached;
      return replaceOnce(versionId);
    },
  };
};
