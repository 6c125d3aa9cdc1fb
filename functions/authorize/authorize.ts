import { isCallerId } from '#shared/callers/caller.ts';
import { getCaller } from '#shared/callers/caller-store.ts';
import { type CallerToken, InvalidTokenError, verifyCallerToken } from '#shared/callers/token.ts';
import type { AuthorizeContext } from './context.ts';

/** What the api is told of who calls; it believes nothing else. */
export interface AuthorizedCaller {
  callerId: string;
  name: string;
  operator: boolean;
  /** Set where the token is genuine and has expired: the api answers 401, so that the client gets another. */
  refusal?: 'token_expired';
}

/** A simple response of an authorizer of an HTTP API (AWS). */
export interface Authorization {
  isAuthorized: boolean;
  context?: AuthorizedCaller;
}

const refused: Authorization = { isAuthorized: false };

// Longer than any token of the gateway; API Gateway lets headers of 10 KB through.
const maxTokenLength = 4_096;

/**
 * Decides whether a request may reach the api. An authorizer can only let in or answer 403, so that a genuine token that has
 * expired is let in marked: the api answers it with the 401 that clients know.
 *
 * @param authorization the header of that name
 */
export const authorize = async (
  context: AuthorizeContext,
  authorization: string | undefined,
): Promise<Authorization> => {
  const [, token] = /^Bearer +([\w.-]+)$/i.exec(authorization?.trim() ?? '') ?? [];
  if (token === undefined || token.length > maxTokenLength) return refused;
  const claims = await verify(context, token);
  if (claims === undefined || !isCallerId(claims.callerId)) return refused;

  const caller = await getCaller(context.table, claims.callerId);
  const isRevoked =
    caller === undefined ||
    caller.disabled ||
    !caller.secrets.some(({ secretId }) => secretId === claims.secretId) ||
    (caller.tokensNotBefore !== undefined && claims.issuedAt < Date.parse(caller.tokensNotBefore));
  if (isRevoked) {
    context.log.info('Refused a token that was revoked.', { caller: claims.callerId });
    return refused;
  }
  const { callerId, name, operator } = caller;
  return {
    isAuthorized: true,
    context: { callerId, name, operator, ...(claims.isExpired && { refusal: 'token_expired' }) },
  };
};

const verify = async (context: AuthorizeContext, token: string): Promise<CallerToken | undefined> => {
  const { issuer, audience, findKey, table } = context;
  try {
    return await verifyCallerToken(token, { issuer, audience, clock: table.clock, findKey });
  } catch (error) {
    if (error instanceof InvalidTokenError) return undefined;
    throw error;
  }
};
