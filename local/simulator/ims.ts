import { randomUUID } from 'node:crypto';
import { generationScopes, managementScopes } from '#shared/adobe/auth/scopes.ts';
import type { CredentialStore } from './credentials.ts';
import { type Answer, answerOf, json, methodNotAllowed, Refusal, retryAfter } from './http/answer.ts';
import type { ReceivedRequest } from './http/request.ts';
import type { Manner } from './manner/manner.ts';
import { createRateLimit } from './rate-limit.ts';
import type { SimulatorSettings } from './settings.ts';
import type { Tokens } from './tokens.ts';

/** Scopes that IMS knows, of APIs that a workspace may lack. */
const knownScopes = new Set<string>([...generationScopes, ...managementScopes, 'firefly_enterprise', 'creative_sdk']);

const requiredFields = ['grant_type', 'client_id', 'client_secret', 'scope'] as const;

/** An error as IMS words it. */
export const imsError = (status: number, error: string, description: string): Answer =>
  json(status, { error, error_description: description });

/** Plays `POST /ims/token/v3`: access tokens for the OAuth Server-to-Server grant. */
export const createIms = (
  credentials: CredentialStore,
  tokens: Tokens,
  settings: SimulatorSettings,
  manner: Manner,
): ((request: ReceivedRequest) => Promise<Answer>) => {
  const throttle = createRateLimit(() => ({
    windows: settings.tokensPerMinute === null ? [] : [{ seconds: 60, limit: settings.tokensPerMinute }],
  }));

  const token = (request: ReceivedRequest): Answer => {
    const fields = tokenFields(request);
    const { credential } = credentials;
    if (fields.client_id !== credential.clientId) throw invalidClient('invalid client_id parameter');
    const secret = credentials.authenticate(fields.client_secret);
    if (!secret) throw invalidClient('invalid client_secret parameter');
    const scopes = grantedScopes(fields.scope, credential.scopes, manner);
    const admission = throttle.admit(request.arrivedAt);
    if (!admission.admitted) throw new Refusal(throttled(request.arrivedAt, admission.retryAt));
    const lifetimeMs = settings.tokenLifetimeMs;
    const clientId = credential.clientId;
    return json(200, {
      access_token: tokens.issue({ clientId, scopes, secretUuid: secret.uuid, lifetimeMs }),
      token_type: 'bearer',
      expires_in: settings.expiresInUnit === 'seconds' ? Math.ceil(lifetimeMs / 1000) - 1 : lifetimeMs - 1,
    });
  };

  const route = (request: ReceivedRequest): Answer => {
    if (request.path !== '/ims/token/v3') return imsError(404, 'not_found', 'no such endpoint');
    if (request.method === 'HEAD' && !manner.isObserved('head-token-is-405')) return token(request);
    if (request.method !== 'POST') return methodNotAllowed('POST');
    return token(request);
  };

  return async (request) => {
    const answer = await answerOf(() => route(request));
    return { ...answer, headers: { ...answer.headers, 'x-debug-id': randomUUID(), 'cache-control': 'no-store' } };
  };
};

/** The scopes of the token: all that were asked for, or as IMS was seen to grant them. */
const grantedScopes = (asked: string, available: readonly string[], { isObserved }: Manner): string[] => {
  const scopes = [...new Set(asked.split(/[\s,]+/).filter((scope) => scope !== ''))];
  const refused = scopes.filter((scope) => !available.includes(scope));
  const known = refused.filter((scope) => knownScopes.has(scope));
  if (known.length > 0 && isObserved('missing-api-is-unauthorized-client')) {
    throw new Refusal(imsError(400, 'unauthorized_client', 'client is not authorized for the requested scopes'));
  }
  const granted = scopes.filter((scope) => available.includes(scope));
  const tolerated = isObserved('unknown-scopes-ignored') && known.length === 0 && granted.length > 0;
  if ((refused.length > 0 && !tolerated) || scopes.length === 0) {
    throw new Refusal(imsError(400, 'invalid_scope', `scope not available to this client: ${refused.join(',')}`));
  }
  return granted;
};

/** Adobe takes the fields from the form body and also from the query string. */
const tokenFields = (request: ReceivedRequest): Record<(typeof requiredFields)[number], string> => {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '');
  const form = new URLSearchParams(isForm ? request.body.toString('utf8') : '');
  const field = (name: (typeof requiredFields)[number]): string => {
    const value = form.get(name) || request.query.get(name);
    if (!value) throw new Refusal(imsError(400, 'invalid_request', `${name} parameter is missing`));
    return value;
  };
  const grantType = field('grant_type');
  if (grantType !== 'client_credentials') {
    throw new Refusal(imsError(400, 'unsupported_grant_type', 'only client_credentials is supported'));
  }
  return {
    grant_type: grantType,
    client_id: field('client_id'),
    client_secret: field('client_secret'),
    scope: field('scope'),
  };
};

const invalidClient = (description: string) => new Refusal(imsError(400, 'invalid_client', description));

// Adobe documents no body for it.
const throttled = (now: number, retryAt: number): Answer => ({
  status: 429,
  headers: { 'retry-after': retryAfter('seconds', now, retryAt) },
});
