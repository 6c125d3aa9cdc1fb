import { timingSafeEqual } from 'node:crypto';
import { ProblemError } from '#functions/api/http/problem.ts';
import { consolePaths, docsPaths, operatorRoutes } from '#shared/permissions/api-routes.ts';
import type { Authorizer, Identity } from '../iam/authorizer.ts';
import { canonicalQuery, encodeStrictly, hashHex, signCanonical } from '../iam/signature-v4.ts';
import type { HttpApiEvent } from './request-event.ts';

/** How API Gateway lets callers in, in mode `iam`. */
export interface IamAccess {
  /**
   * Verifies who has signed a request, asks IAM, and notes the route and the signer in the event. What is open to all passes.
   *
   * @throws {ProblemError} 403
   */
  admit(event: HttpApiEvent, body: Buffer): HttpApiEvent;
}

export interface IamAccessOptions {
  authorizer: Authorizer;
  /** Who can sign, with their keys. */
  signers: readonly Identity[];
  /** ARN of the API, without a stage. */
  httpApi: string;
  /** Epoch ms. */
  now?: () => number;
}

const maxSkewMs = 5 * 60_000;
const openPaths: readonly string[] = [...docsPaths, ...consolePaths];

const forbidden = (message: string) => new ProblemError(403, 'forbidden', message);

/** A template of a route as a pattern of paths. */
const toPattern = (path: string): RegExp =>
  new RegExp(
    `^${path
      .replaceAll('.', '\\.')
      .replace(/\{\w+\+\}/, '.+')
      .replace(/\{\w+\}/g, '[^/]+')}$`,
  );

const routes = operatorRoutes.map(({ method, path }) => ({
  method,
  key: `${method} ${path}`,
  pattern: toPattern(path),
}));
const open = openPaths.map(toPattern);

/** Source: "Create a signed AWS API request" in the IAM user guide; paths are encoded twice, as for all services but S3. */
export const createIamAccess = ({ authorizer, signers, httpApi, now = Date.now }: IamAccessOptions): IamAccess => {
  const byKey = new Map(signers.map((signer) => [signer.accessKeyId, signer]));
  return {
    admit: (event, body) => {
      const { method, path } = event.requestContext.http;
      if (['GET', 'HEAD'].includes(method) && open.some((pattern) => pattern.test(path))) return event;
      const signer = verify(event, body, byKey, now());
      const resource = `${httpApi}/$default/${method}${path}`;
      const denial = authorizer.findDenial(signer.accessKeyId, [{ action: 'execute-api:Invoke', resource }]);
      if (denial !== undefined) throw forbidden(denial);
      const routeKey = routes.find((route) => route.method === method && route.pattern.test(path))?.key ?? '$default';
      const [, accountId = '', role = ''] = /^arn:aws:iam::(\d+):role\/(.+)$/.exec(signer.arn) ?? [];
      const userArn = `arn:aws:sts::${accountId}:assumed-role/${role}/session`;
      const iam = { accessKey: signer.accessKeyId, accountId, userArn };
      return { ...event, routeKey, requestContext: { ...event.requestContext, routeKey, authorizer: { iam } } };
    },
  };
};

const authorizationPattern =
  /^AWS4-HMAC-SHA256 Credential=(?<credential>[^,\s]+),\s*SignedHeaders=(?<signed>[^,\s]+),\s*Signature=(?<signature>[0-9a-f]{64})$/;

/** @throws {ProblemError} 403 with what is wrong with the signature */
const verify = (
  { headers, rawPath, rawQueryString, requestContext }: HttpApiEvent,
  body: Buffer,
  signers: ReadonlyMap<string, Identity>,
  nowMs: number,
): Identity => {
  const found = authorizationPattern.exec(headers['authorization'] ?? '')?.groups;
  if (found === undefined) throw forbidden('Missing Authentication Token');
  const { credential = '', signed = '', signature = '' } = found;
  const [accessKeyId = '', ...scope] = credential.split('/');
  const date = headers['x-amz-date'] ?? '';
  const [day, , service, terminator] = scope;
  if (scope.length !== 4 || day !== date.slice(0, 8) || service !== 'execute-api' || terminator !== 'aws4_request') {
    throw forbidden('Credential should be scoped to correct service: execute-api');
  }
  const signedAt = Date.parse(date.replace(/(....)(..)(..T..)(..)(..)/, '$1-$2-$3:$4:$5'));
  if (!(Math.abs(nowMs - signedAt) <= maxSkewMs)) throw forbidden('Signature expired, or not yet current');
  const signer = signers.get(accessKeyId);
  if (signer === undefined || headers['x-amz-security-token'] !== signer.sessionToken) {
    throw forbidden('The security token included in the request is invalid.');
  }
  const names = signed.split(';');
  const hash = hashHex(body);
  const isComplete = names.includes('host') && (headers['x-amz-content-sha256'] ?? hash) === hash;
  const query = [...new URLSearchParams(rawQueryString.replaceAll('+', '%2B'))];
  const canonical = [
    requestContext.http.method,
    rawPath.split('/').map(encodeStrictly).join('/'),
    canonicalQuery(query),
    names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`).join(''),
    signed,
    hash,
  ].join('\n');
  const expected = signCanonical(signer.secretAccessKey, scope, date, canonical);
  if (!isComplete || !timingSafeEqual(Buffer.from(signature, 'hex'), expected)) {
    throw forbidden('The request signature we calculated does not match the signature you provided.');
  }
  return signer;
};
