import * as z from 'zod';
import { once } from '../../once.ts';
import { parseJson } from '../http/client.ts';

/** Scopes of a generation token (Adobe: Firefly quickstart). */
export const generationScopes = [
  'openid',
  'AdobeID',
  'session',
  'additional_info',
  'read_organizations',
  'firefly_api',
  'ff_apis',
] as const;

/** Scopes of a management token (Adobe: I/O Management API guide). */
export const managementScopes = [
  'AdobeID',
  'openid',
  'read_organizations',
  'additional_info.projectedProductContext',
  'additional_info.roles',
  'adobeio_api',
  'read_client_secret',
  'manage_client_secrets',
] as const;

const claimsSchema = once(() => z.object({ scope: z.string() }));

/** The names in a list of scopes, which IMS separates by commas and OAuth by blanks. */
export const splitScopes = (scopes: string): string[] => scopes.split(/[\s,]+/).filter((scope) => scope !== '');

/**
 * The scopes that were asked for and that a token lacks: IMS refuses some, leaves out those that it does not know, and
 * answers 200.
 *
 * @param token with what IMS refused beforehand; one that does not tell its scopes lacks no others
 */
export const findMissingScopes = (
  { accessToken, refusedScopes = [] }: { accessToken: string; refusedScopes?: readonly string[] | undefined },
  asked: readonly string[],
): string[] => {
  const [, payload = ''] = accessToken.split('.');
  const claims = claimsSchema().safeParse(parseJson(Buffer.from(payload, 'base64url').toString()));
  const granted = claims.success ? splitScopes(claims.data.scope) : asked;
  return asked.filter((scope) => refusedScopes.includes(scope) || !granted.includes(scope));
};
