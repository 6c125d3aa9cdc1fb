import { createHmac, timingSafeEqual } from 'node:crypto';
import { Refusal, xmlError } from './http/answer.ts';

// Public, and the same for every simulator, so that one process accepts what another signed.
const signingKey = 'firefly-gateway simulator, not a secret';

/** Signs a text; the signature is safe in URLs and tokens. */
export const signatureOf = (text: string): string => createHmac('sha256', signingKey).update(text).digest('base64url');

/** Whether a signature belongs to a text. */
export const isSignatureOf = (signature: string, text: string): boolean => {
  const expected = Buffer.from(signatureOf(text));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
};

const signedText = (path: string, expiresAt: string): string => `${path}\n${expiresAt}`;

/**
 * A pre-signed URL.
 *
 * @param base origin, and path prefix if any, before the path
 * @param expiresAt epoch ms
 */
export const signedUrl = (base: string, path: string, expiresAt: number): string => {
  const signature = signatureOf(signedText(path, String(expiresAt)));
  return `${base}${path}?${new URLSearchParams({ 'X-Expires-At': String(expiresAt), 'X-Signature': signature })}`;
};

/**
 * Checks what `signedUrl` signed.
 *
 * @param now epoch ms
 * @throws {Refusal} 403 when the URL was tampered with or has expired
 */
export const verifySignedUrl = (path: string, query: URLSearchParams, now: number): void => {
  const expiresAt = query.get('X-Expires-At') ?? '';
  if (!isSignatureOf(query.get('X-Signature') ?? '', signedText(path, expiresAt))) {
    throw new Refusal(xmlError(403, 'SignatureDoesNotMatch', 'The request signature does not match'));
  }
  if (now >= Number(expiresAt)) throw new Refusal(xmlError(403, 'AccessDenied', 'Request has expired'));
};
