import { adobeError, Refusal } from './http/answer.ts';
import { bearerToken, type ReceivedRequest } from './http/request.ts';
import type { TokenClaims, Tokens } from './tokens.ts';

/**
 * What the gateway in front of every *.adobe.io host checks before a service sees the request.
 *
 * @param scopes all of them must be in the token
 * @throws {Refusal} with the gateway's own six-digit error codes
 */
export const authorize = (request: ReceivedRequest, tokens: Tokens, scopes: readonly string[]): TokenClaims => {
  const apiKey = request.headers['x-api-key'];
  if (!apiKey) throw new Refusal(adobeError(403, '403000', 'Api Key is required'));
  const token = bearerToken(request);
  if (!token) throw new Refusal(adobeError(403, '403010', 'Oauth token is missing'));
  const claims = tokens.verify(token);
  if (!claims) throw new Refusal(adobeError(401, '401013', 'Oauth token is not valid'));
  if (apiKey !== claims.client_id) throw new Refusal(adobeError(403, '403003', 'Api Key is invalid'));
  const granted = claims.scope.split(',');
  if (!scopes.every((scope) => granted.includes(scope))) throw new Refusal(adobeError(403, '403011', 'Scope mismatch'));
  return claims;
};
