import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ImsRefusal } from './ims-response.ts';

/** What a client asks a token with. */
export interface TokenRequest {
  clientId: string;
  clientSecret: string;
  /** As it was asked for, separated by commas. */
  scope: string;
}

const maxBodyBytes = 10_240;
const maxFieldLength = 2_048;

/**
 * Reads a request for a token: the fields from the form or the query as Adobe IMS takes them, id and secret also by HTTP Basic
 * (RFC 6749, 2.3.1), so that OAuth libraries work as they are.
 *
 * @throws {ImsRefusal} 400 in the words of IMS, naming the field
 */
export const readTokenRequest = (event: APIGatewayProxyEventV2): TokenRequest => {
  const form = readForm(event);
  const query = new URLSearchParams(event.rawQueryString);
  const basic = readBasic(event.headers['authorization']);

  const find = (name: string): string | undefined => {
    const value = form.get(name) || query.get(name) || undefined;
    if (value !== undefined && value.length > maxFieldLength) {
      throw new ImsRefusal('invalid_request', `${name} parameter is too long`);
    }
    return value;
  };
  const demand = (name: string, value = find(name)): string => {
    if (value === undefined) throw new ImsRefusal('invalid_request', `${name} parameter is missing`);
    return value;
  };

  if (demand('grant_type') !== 'client_credentials') {
    throw new ImsRefusal('unsupported_grant_type', 'the only grant_type supported is client_credentials');
  }
  return {
    clientId: demand('client_id', basic?.clientId ?? find('client_id')),
    clientSecret: demand('client_secret', basic?.clientSecret ?? find('client_secret')),
    scope: [...new Set((find('scope') ?? '').split(/[\s,]+/).filter((scope) => scope !== ''))].join(','),
  };
};

const readForm = ({ body = '', isBase64Encoded, headers }: APIGatewayProxyEventV2): URLSearchParams => {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > maxBodyBytes) {
    throw new ImsRefusal('invalid_request', `the body is larger than ${maxBodyBytes} bytes`);
  }
  // Without a type, curl and old clients still mean a form.
  const type = headers['content-type'] ?? 'application/x-www-form-urlencoded';
  if (bytes.length > 0 && !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type.trim())) {
    throw new ImsRefusal('invalid_request', 'the content-type must be application/x-www-form-urlencoded');
  }
  return new URLSearchParams(bytes.toString('utf8'));
};

const readBasic = (authorization: string | undefined): Pick<TokenRequest, 'clientId' | 'clientSecret'> | undefined => {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=_-]{1,4096})$/i.exec(authorization?.trim() ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 1) throw new ImsRefusal('invalid_request', 'the Authorization header is malformed');
  try {
    return {
      clientId: decodeURIComponent(decoded.slice(0, colon)),
      clientSecret: decodeURIComponent(decoded.slice(colon + 1)),
    };
  } catch {
    throw new ImsRefusal('invalid_request', 'the Authorization header is malformed');
  }
};
