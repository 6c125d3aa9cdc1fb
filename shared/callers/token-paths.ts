/** Where tokens are issued, as at Adobe and as OAuth libraries expect it. */
export const tokenPaths = ['/ims/token/v3', '/oauth2/token'] as const;

/** The public keys of the tokens (RFC 7517). */
export const jwksPath = '/.well-known/jwks.json';

/** What an OAuth library reads first (RFC 8414). */
export const metadataPath = '/.well-known/oauth-authorization-server';

/** What is open to callers that have no token yet. */
export const openCallerPaths: readonly string[] = [...tokenPaths, jwksPath, metadataPath];
