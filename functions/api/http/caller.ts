import type { APIGatewayEventRequestContextV2 } from 'aws-lambda';
import { ProblemError } from './problem.ts';

/** The request context with what either authorizer of the HTTP API adds to it. */
export interface AuthorizedContext extends APIGatewayEventRequestContextV2 {
  authorizer?: {
    jwt?: { claims?: Record<string, unknown> };
    iam?: { userArn?: string } | null;
  };
}

// A caller is part of table keys, which DynamoDB limits to 2048 bytes.
const longestCaller = 1024;

/**
 * Who sent a request: the token's `sub`, or account and role (or user) in IAM mode. The session name is left out of a
 * role's identity: it differs from one Lambda sandbox or login to the next.
 *
 * @throws {ProblemError} 401 if the authorizer tells nobody
 */
export const callerOf = ({ authorizer }: AuthorizedContext): string => {
  const subject = authorizer?.jwt?.claims?.['sub'];
  const caller = typeof subject === 'string' ? subject : identityOf(authorizer?.iam?.userArn ?? '');
  if (caller.trim() === '') throw new ProblemError(401, 'unauthorized', 'The request does not tell who sent it.');
  if (Buffer.byteLength(caller) > longestCaller) {
    throw new ProblemError(401, 'unauthorized', `The caller's name is longer than ${longestCaller} bytes.`);
  }
  return caller;
};

const identityOf = (arn: string): string => {
  const [, account, resource] = /^arn:[^:]*:(?:iam|sts)::(\d{12}):(.+)$/.exec(arn) ?? [];
  if (account === undefined || resource === undefined) return '';
  const [, role] = /^assumed-role\/(.+)\/[^/]+$/.exec(resource) ?? [];
  return `${account}/${role ?? resource}`;
};
