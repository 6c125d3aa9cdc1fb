import { createHmac, timingSafeEqual } from 'node:crypto';

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
