import type { MintedToken } from '#shared/adobe/auth/ims.ts';
import { ImsError } from '#shared/adobe/auth/ims-error.ts';
import { type ClientCredentials, MalformedSecretError } from '#shared/adobe/auth/stored-credentials.ts';
import { type RetryOptions, retryTransient } from '#shared/adobe/http/retry.ts';
import { GatewayError } from '#shared/errors.ts';
import type { TokenRefreshContext } from './context.ts';
import type { CredentialsVersion, TokenStore } from './token-store.ts';

/** A new token, and what had to be used for it. */
export interface MintOutcome extends MintedToken {
  clientId: string;
  /** Set if Adobe refuses the current client secret, so that the previous one had to serve. */
  currentSecretRefused?: ImsError;
}

/** The credentials were taken away while a token was to be minted. */
class NoClientSecretError extends GatewayError {
  constructor() {
    super('no_client_secret', 'No client secret to mint a token with.');
  }
}

/**
 * Mints a generation token. If IMS does not accept the client secret, the stored one is read again once (a rotation may
 * have just replaced it), then the previous one is tried once.
 *
 * @throws {ImsError} the refusal of the current secret, if no other serves
 */
export const mintToken = async (
  context: Pick<TokenRefreshContext, 'ims' | 'store' | 'scopes'>,
  read: { versionId: string; credentials: ClientCredentials },
  retry: RetryOptions,
): Promise<MintOutcome> => {
  const { ims, store, scopes } = context;

  const mint = async ({ clientId, clientSecret }: ClientCredentials) => {
    const token = await retryTransient(() => ims.mint({ clientId, clientSecret, scopes }), retry);
    return { ...token, clientId };
  };

  const refused: { secrets: Set<string>; error?: ImsError } = { secrets: new Set() };
  const attempt = async (version: CredentialsVersion | undefined): Promise<MintOutcome | undefined> => {
    const credentials = version?.credentials;
    if (credentials === undefined || refused.secrets.has(credentials.clientSecret)) return undefined;
    try {
      return await mint(credentials);
    } catch (error) {
      if (!(error instanceof ImsError) || error.kind !== 'invalid_client') throw error;
      refused.secrets.add(credentials.clientSecret);
      refused.error = error;
      return undefined;
    }
  };

  const current = (await attempt(read)) ?? (await attempt(await store.readCredentials('AWSCURRENT')));
  if (current) return current;
  const refusal = refused.error;
  const previous = await attempt(await readPrevious(store));
  if (previous) return { ...previous, currentSecretRefused: refusal };
  throw refusal ?? new NoClientSecretError();
};

// A malformed previous version cannot serve; the refusal of the current one is what gets reported.
const readPrevious = async (store: TokenStore): Promise<CredentialsVersion | undefined> => {
  try {
    return await store.readCredentials('AWSPREVIOUS');
  } catch (error) {
    if (error instanceof MalformedSecretError) return undefined;
    throw error;
  }
};
