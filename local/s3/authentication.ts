import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { canonicalQuery, encodeStrictly, signCanonical } from '../iam/signature-v4.ts';
import { ServiceError } from '../service-error.ts';

/** A request as it was sent: the URL before any rewriting. */
export interface SignedRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
}

/** Secret access keys by access key id, for the URLs that are presigned with them. */
export type KnownKeys = Readonly<Record<string, string>>;

const longestLifetimeSeconds = 7 * 24 * 3600;
const clockSkewMs = 15 * 60 * 1000;

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    if (cause instanceof URIError) throw new ServiceError('InvalidURI', "Couldn't parse the specified URI.");
    throw cause;
  }
};

const parseUrl = (url: string) => {
  const [path = '/', ...rest] = url.split('?');
  const query = rest
    .join('?')
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const [name = '', ...value] = pair.split('=');
      return [decode(name), decode(value.join('='))];
    });
  return { path, query };
};

const malformedQuery = (message: string) => new ServiceError('AuthorizationQueryParametersError', message);

const parseDate = (text: string): number => {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  const time = parts ? Date.parse(text.replace(/(....)(..)(..T..)(..)/, '$1-$2-$3:$4:')) : Number.NaN;
  if (Number.isNaN(time))
    throw malformedQuery("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\".");
  return time;
};

const canonicalRequest = (
  request: SignedRequest,
  path: string,
  query: [string, string][],
  signed: string[],
): string => {
  const headers = signed.map((name) => {
    const value = request.headers[name];
    const text = (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replace(/ +/g, ' ');
    return `${name}:${text}\n`;
  });
  const parameters = canonicalQuery(query.filter(([name]) => name !== 'X-Amz-Signature'));
  const named = query.find(([name]) => name === 'X-Amz-Content-Sha256')?.[1];
  const payload = named ?? request.headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD';
  const segments = path.split('/').map((segment) => encodeStrictly(decode(segment)));
  return [request.method, segments.join('/'), parameters, headers.join(''), signed.join(';'), payload].join('\n');
};

const checkPresigned = (
  request: SignedRequest,
  path: string,
  query: [string, string][],
  keys: KnownKeys,
  now: number,
): void => {
  const parameter = (name: string): string => {
    const values = query.filter(([key]) => key === name).map(([, value]) => value);
    if (values.length !== 1 || !values[0]) {
      throw malformedQuery(
        'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
      );
    }
    return values[0];
  };
  if (parameter('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') {
    throw malformedQuery('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256".');
  }
  const date = parameter('X-Amz-Date');
  const signedAt = parseDate(date);
  const lifetime = parameter('X-Amz-Expires');
  if (!/^\d+$/.test(lifetime) || Number(lifetime) > longestLifetimeSeconds) {
    throw malformedQuery('X-Amz-Expires must be a number of seconds less than a week.');
  }
  const [accessKeyId = '', ...scope] = parameter('X-Amz-Credential').split('/');
  if (scope.length !== 4 || scope[0] !== date.slice(0, 8) || scope[2] !== 's3' || scope[3] !== 'aws4_request') {
    throw malformedQuery('Error parsing the X-Amz-Credential parameter; the Credential is mal-formed.');
  }
  const secret = Object.hasOwn(keys, accessKeyId) ? keys[accessKeyId] : undefined;
  if (secret === undefined) {
    throw unknownKey();
  }
  const signed = parameter('X-Amz-SignedHeaders').split(';');
  const unsigned = Object.keys(request.headers).find((name) => name.startsWith('x-amz-') && !signed.includes(name));
  if (!signed.includes('host') || (unsigned !== undefined && unsigned !== 'x-amz-content-sha256')) {
    throw new ServiceError('AccessDenied', 'There were headers present in the request which were not signed', 403);
  }
  if (now > signedAt + Number(lifetime) * 1000) throw new ServiceError('AccessDenied', 'Request has expired', 403);
  if (now < signedAt - clockSkewMs) throw new ServiceError('AccessDenied', 'Request is not valid yet', 403);
  const expected = signCanonical(secret, scope, date, canonicalRequest(request, path, query, signed));
  const given = Buffer.from(parameter('X-Amz-Signature'), 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new ServiceError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      403,
    );
  }
};

const unknownKey = () =>
  new ServiceError('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', 403);

const checkHeader = (authorization: string, keys: KnownKeys): void => {
  if (!/^AWS4-(HMAC-SHA256|ECDSA-P256-SHA256) /.test(authorization)) {
    throw new ServiceError(
      'InvalidRequest',
      'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    );
  }
  const [, accessKeyId] = /Credential=([^/,]+)\/.+\/s3\/aws4_request\b/.exec(authorization) ?? [];
  if (accessKeyId === undefined || !/Signature=[0-9a-f]+/.test(authorization)) {
    throw new ServiceError('AuthorizationHeaderMalformed', 'The authorization header is malformed.');
  }
  if (!Object.hasOwn(keys, accessKeyId)) throw unknownKey();
};

/**
 * Decides whether S3 would serve a request, as far as its signature goes. Both a signed header and a presigned URL name a key of
 * `keys`; of a URL the signature is verified as well, and that it has not expired.
 *
 * @param now epoch milliseconds
 * @throws {ServiceError} 403 for unsigned requests and for URLs that are altered or expired, 400 for malformed ones
 */
export const authenticate = (request: SignedRequest, keys: KnownKeys, now: number): void => {
  const { path, query } = parseUrl(request.url);
  const presigned = query.some(([name]) => name === 'X-Amz-Algorithm' || name === 'X-Amz-Signature');
  const { authorization } = request.headers;
  if (presigned && authorization !== undefined) {
    throw new ServiceError('InvalidArgument', 'Only one auth mechanism allowed');
  }
  if (presigned) checkPresigned(request, path, query, keys, now);
  else if (authorization !== undefined) checkHeader(authorization, keys);
  else throw new ServiceError('AccessDenied', 'Access Denied', 403);
};
