import { createHash, createHmac } from 'node:crypto';

/** Percent-encodes all but unreserved characters (RFC 3986), as Signature Version 4 does. */
export const encodeStrictly = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The parameters of a query as a canonical request has them, sorted by name and value. */
export const canonicalQuery = (query: readonly [string, string][]): string =>
  query
    .map(([name, value]): [string, string] => [encodeStrictly(name), encodeStrictly(value)])
    .toSorted(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** SHA-256 in hex. */
export const hashHex = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/**
 * Signs a canonical request.
 *
 * @param scope day, region, service and terminator of the credential
 * @param date `X-Amz-Date`
 */
export const signCanonical = (secret: string, scope: readonly string[], date: string, canonical: string): Buffer => {
  const [day = '', region = '', service = '', terminator = ''] = scope;
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), terminator);
  return hmac(key, ['AWS4-HMAC-SHA256', date, scope.join('/'), hashHex(canonical)].join('\n'));
};
