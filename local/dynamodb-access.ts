import type { IncomingMessage, ServerResponse } from 'node:http';
import { readAccessKeyId } from '#shared/loopback-guard.ts';
import type { ReadRequest } from './dynamodb-requests.ts';
import type { Authorizer } from './iam/authorizer.ts';
import { listDynamoDbAccesses, type PartitionKeys } from './iam/dynamodb-accesses.ts';

/** Who may do what with which tables. */
export interface DynamoDbAccess {
  authorizer: Authorizer;
  partitionKeys: PartitionKeys;
}

/**
 * Refuses a request that IAM does not allow.
 *
 * @returns whether it is refused
 */
export const refuseAccess = (
  { authorizer, partitionKeys }: DynamoDbAccess,
  { request, response, input }: ReadRequest,
): boolean => {
  // What is no request at all is refused by the server behind.
  if (input === undefined) return false;
  const denial = findDenial(request, input, authorizer, partitionKeys);
  if (denial === undefined) return false;
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ __type: 'com.amazon.coral.service#AccessDeniedException', Message: denial }));
  return true;
};

const findDenial = (
  { headers }: IncomingMessage,
  input: object,
  authorizer: Authorizer,
  partitionKeys: PartitionKeys,
): string | undefined => {
  const operation = String(headers['x-amz-target']).split('.')[1] ?? '';
  return authorizer.findDenial(readAccessKeyId(headers), listDynamoDbAccesses(operation, input, partitionKeys));
};

/** Reads the body of a request; the response of a client that goes away meanwhile is destroyed. */
export const readRequest = (
  request: IncomingMessage,
  response: ServerResponse,
  onRead: (read: ReadRequest) => void,
): void => {
  const chunks: Buffer[] = [];
  request.on('error', () => response.destroy());
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
    onRead({ request, response, body, input: parseBody(body) });
  });
};

const parseBody = (body: Buffer): object | undefined => {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
};
