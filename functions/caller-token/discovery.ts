import { jwksPath, tokenPaths } from '#shared/callers/token-paths.ts';
import { listKeys } from '#shared/callers/verification-keys.ts';
import type { CallerTokenContext } from './context.ts';

/** The public keys that tokens are verified with. */
export const viewKeys = async ({ table }: Pick<CallerTokenContext, 'table'>) => ({
  keys: (await listKeys(table)).map(({ kid, publicKey }) => ({ ...publicKey, kid, alg: 'EdDSA', use: 'sig' })),
});

/** What the gateway says of its token endpoint. */
export const viewMetadata = ({ issuer }: Pick<CallerTokenContext, 'issuer'>) => ({
  issuer,
  token_endpoint: `${issuer}${tokenPaths[0]}`,
  jwks_uri: `${issuer}${jwksPath}`,
  grant_types_supported: ['client_credentials'],
  token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
  response_types_supported: [],
});
