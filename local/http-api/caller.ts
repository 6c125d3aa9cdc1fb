import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';

const claimsSchema = z.object({ sub: z.string().min(1) });

const bearerToken = /^Bearer +[\w-]+\.(?<claims>[\w-]+)\.[\w-]*$/i;

/**
 * Who sent a request: the `sub` of a JWT, else the header `x-local-caller`, else `local`. Nothing is verified: whoever
 * reaches 127.0.0.1 may be anyone. The deployed HTTP API has a real authorizer in this place.
 */
export const localCaller = (headers: IncomingHttpHeaders): string =>
  subjectOf(headers.authorization) ?? (String(headers['x-local-caller'] ?? '').trim() || 'local');

const subjectOf = (authorization: string | undefined): string | undefined => {
  const claims = bearerToken.exec(authorization?.trim() ?? '')?.groups?.['claims'];
  if (!claims) return undefined;
  try {
    const text = Buffer.from(claims, 'base64url').toString('utf8');
    return claimsSchema.safeParse(JSON.parse(text)).data?.sub;
  } catch {
    // An opaque token that happens to have dots.
    return undefined;
  }
};
