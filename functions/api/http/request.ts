import type { APIGatewayEventRequestContextV2, APIGatewayProxyEventV2WithRequestContext } from 'aws-lambda';
import { fitsKeys, maxCallerLength } from '#shared/callers/caller.ts';
import type { SingleSignOnCallers } from '#shared/deployment/job-environments.ts';
import type { RawBody } from './json-body.ts';
import { ProblemError } from './problem.ts';

/** The request context with what the authorizer of the HTTP API adds to it. */
export interface AuthorizedContext extends APIGatewayEventRequestContextV2 {
  authorizer?: {
    jwt?: { claims?: Record<string, unknown> };
    iam?: { userArn?: string } | null;
    /** What our own authorizer says; see `functions/authorize`. */
    lambda?: { callerId?: unknown; operator?: unknown; refusal?: unknown } | null;
  };
}

/** An event of the HTTP API, payload format 2.0. */
export type HttpEvent = APIGatewayProxyEventV2WithRequestContext<AuthorizedContext>;

/** A request as the routes see it. */
export interface ApiRequest {
  id: string;
  /** The route by which API Gateway let it in, such as `$default`. */
  routeKey: string;
  /** When the request came in, in epoch ms. */
  startedAt: number;
  /** Base of the URLs in the answer, without a slash at its end. */
  baseUrl: string;
  /** Path parameters, decoded. */
  params: Readonly<Record<string, string | undefined>>;
  query: Readonly<Record<string, string | undefined>>;
  body: RawBody;
  /**
   * Who sent it.
   *
   * @throws {ProblemError} 401 if the authorizer names no caller
   */
  caller(): string;
  /** Whether the authorizer says that an operator sent it; only one of mode `callers` does. */
  isOperator: boolean;
  /** A header by its name in any case. */
  header(name: string): string | undefined;
}

/**
 * Decodes one part of a path.
 *
 * @throws {ProblemError} 400 for a malformed one such as `%ZZ`
 */
export const decodePath = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ProblemError(400, 'bad_request', 'The URL is malformed.');
  }
};

const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Reads the id that a path names, such as `jobId`, before any store sees it.
 *
 * @returns undefined if it is none: then nothing can have it
 */
export const readId = ({ params }: Pick<ApiRequest, 'params'>, name: string): string | undefined => {
  const id = params[name]?.toLowerCase() ?? '';
  return idPattern.test(id) ? id : undefined;
};

/**
 * Reads what the routes need out of an event; what is no text where there must be one counts as absent.
 *
 * @param options.url base of the URLs in answers
 * @throws {ProblemError} 401 for a token that has expired: our authorizer cannot answer that itself
 */
export const readRequest = (
  event: HttpEvent,
  options: { startedAt: number; url: string; singleSignOn: SingleSignOnCallers },
): ApiRequest => {
  if (event.requestContext.authorizer?.lambda?.refusal === 'token_expired') {
    throw new ProblemError(401, 'token_expired', 'The access token has expired. Get a new one.');
  }
  const headers = new Map(Object.entries(textsOf(event.headers)).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    id: readRequestId(event) ?? '',
    routeKey: String(event.requestContext.routeKey),
    startedAt: options.startedAt,
    baseUrl: options.url,
    params: Object.fromEntries(
      Object.entries(textsOf(event.pathParameters)).map(([name, value]) => [name, decodePath(value)]),
    ),
    query: textsOf(event.queryStringParameters),
    body: {
      body: typeof event.body === 'string' ? event.body : undefined,
      isBase64Encoded: event.isBase64Encoded,
      contentType: headers.get('content-type'),
      contentEncoding: headers.get('content-encoding'),
    },
    caller: () => readCaller(event.requestContext, options.singleSignOn),
    isOperator: event.requestContext.authorizer?.lambda?.operator === true,
    header: (name) => headers.get(name.toLowerCase()),
  };
};

/** API Gateway's id of a request, by which its log is found. */
export const readRequestId = ({ requestContext }: HttpEvent): string | undefined => {
  const id: unknown = requestContext?.requestId;
  return typeof id === 'string' ? id : undefined;
};

const textsOf = (values: unknown): Record<string, string> =>
  typeof values === 'object' && values !== null
    ? Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === 'string'))
    : {};

/**
 * Who sent a request: the caller's id, the token's `sub`, or account and role (or user) in IAM mode. The session name is left out of a
 * role's identity: it differs from one Lambda sandbox or login to the next, and principals who take on a role choose it themselves.
 * The exception are users of IAM Identity Center, who all share the role of their permission set: there Identity Center sets the
 * session name to that of the user, and lets nobody else take on the role.
 *
 * @param singleSignOn who is one caller among the users of IAM Identity Center
 * @throws {ProblemError} 401 if the authorizer names no caller, or one that no key of a table can hold
 */
export const readCaller = (
  { authorizer }: Pick<AuthorizedContext, 'authorizer'>,
  singleSignOn: SingleSignOnCallers,
): string => {
  const subject = authorizer?.lambda?.callerId ?? authorizer?.jwt?.claims?.['sub'];
  const caller = typeof subject === 'string' ? subject : parseIdentity(authorizer?.iam?.userArn ?? '', singleSignOn);
  if (caller.trim() === '') throw new ProblemError(401, 'unauthorized', 'The request does not tell who sent it.');
  if (fitsKeys(caller)) return caller;
  const message = `The caller's name is not valid Unicode, or longer than ${maxCallerLength} characters when it is percent-encoded.`;
  throw new ProblemError(401, 'unauthorized', message);
};

// The roles of permission sets, by the name that IAM Identity Center gives them.
const permissionSetRole = /^AWSReservedSSO_/;

const parseIdentity = (arn: string, singleSignOn: SingleSignOnCallers): string => {
  const [, account, resource] = /^arn:[^:]*:(?:iam|sts)::(\d{12}):(.+)$/.exec(arn) ?? [];
  if (account === undefined || resource === undefined) return '';
  const [, role, session] = /^assumed-role\/(.+)\/([^/]+)$/.exec(resource) ?? [];
  if (role !== undefined && singleSignOn === 'users' && permissionSetRole.test(role))
    return `${account}/${role}/${session}`;
  return `${account}/${role ?? resource}`;
};
