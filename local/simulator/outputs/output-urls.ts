import { createHmac, timingSafeEqual } from 'node:crypto';
import { Refusal, xmlError } from '../http/answer.ts';

// The same for every simulator, like the key of its tokens.
const signingKey = 'firefly-gateway simulator, not a secret';

const signature = (path: string, expiresAt: string): string =>
  createHmac('sha256', signingKey).update(`${path}\n${expiresAt}`).digest('hex');

/**
 * A pre-signed URL.
 *
 * @param base origin, and path prefix if any, before the path
 * @param expiresAt epoch ms
 */
export const signedUrl = (base: string, path: string, expiresAt: number): string =>
  `${base}${path}?${new URLSearchParams({ 'X-Expires-At': String(expiresAt), 'X-Signature': signature(path, String(expiresAt)) })}`;

/**
 * Checks what `signedUrl` signed.
 *
 * @param now epoch ms
 * @throws {Refusal} 403 when the URL was tampered with or has expired
 */
export const verifySignedUrl = (path: string, query: URLSearchParams, now: number): void => {
  const expiresAt = query.get('X-Expires-At') ?? '';
  const given = Buffer.from(query.get('X-Signature') ?? '');
  const expected = Buffer.from(signature(path, expiresAt));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new Refusal(xmlError(403, 'SignatureDoesNotMatch', 'The request signature does not match'));
  }
  if (now >= Number(expiresAt)) throw new Refusal(xmlError(403, 'AccessDenied', 'Request has expired'));
};
