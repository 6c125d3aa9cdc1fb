import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { readAccessKeyId } from '#shared/loopback-guard.ts';
import type { Authorizer } from './iam/authorizer.ts';
import { listDynamoDbAccesses, type PartitionKeys } from './iam/dynamodb-accesses.ts';

/** Who may do what with which tables. */
export interface DynamoDbAccess {
  authorizer: Authorizer;
  partitionKeys: PartitionKeys;
}

/** Puts IAM before a server of DynamoDB; its one listener must be there already. */
export const enforceAccess = (server: Server, { authorizer, partitionKeys }: DynamoDbAccess): void => {
  const [serve] = server.listeners('request');
  if (serve === undefined) throw new Error('The server has no request listener yet.');
  server.removeAllListeners('request');
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request).catch(() => undefined);
    // The client went away.
    if (body === undefined) return response.destroy();
    const denial = findDenial(request, body, authorizer, partitionKeys);
    if (denial !== undefined) {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      return response.end(
        JSON.stringify({ __type: 'com.amazon.coral.service#AccessDeniedException', Message: denial }),
      );
    }
    serve.call(server, request, response);
    // It has been read; the server behind listens to the same events.
    request.emit('data', body);
    request.emit('end');
  });
};

const findDenial = (
  { headers }: IncomingMessage,
  body: Buffer,
  authorizer: Authorizer,
  partitionKeys: PartitionKeys,
): string | undefined => {
  const operation = String(headers['x-amz-target']).split('.')[1] ?? '';
  const input = parseBody(body);
  // What is no request at all is refused by the server behind.
  if (input === undefined) return undefined;
  return authorizer.findDenial(readAccessKeyId(headers), listDynamoDbAccesses(operation, input, partitionKeys));
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
