import { once } from 'node:events';
import { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { type GuardRules, guardServer } from '#shared/loopback-guard.ts';
import { type DynamoDbAccess, enforceAccess } from './dynamodb-access.ts';
import { rememberExpressions } from './dynamodb-expressions.ts';

/** A DynamoDB on 127.0.0.1. */
export interface DynamoDbServer {
  readonly url: string;
  close(): Promise<void>;
}

// dynalite throws on a client that goes away in mid-request, which would end the whole process.
const survivesLostClients = (server: Server): Server => {
  const [serve] = server.listeners('request');
  if (!serve) throw new Error('dynalite has changed: its server has no request listener.');
  server.removeAllListeners('request');
  return server.on('request', (request, response) => {
    serve.call(server, request, response);
    request.removeAllListeners('error');
    request.on('error', () => response.destroy());
  });
};

/** How a DynamoDB is started. */
export interface DynamoDbOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  guard?: GuardRules | undefined;
  /** Who may do what; without it everything is allowed. */
  access?: DynamoDbAccess | undefined;
  /** Folder that keeps the tables; without one they are kept in memory. */
  path?: string | undefined;
}

/** Starts dynalite. It has no TTL, no transactions and no ReturnValuesOnConditionCheckFailure. */
export const startDynamoDb = async (options: DynamoDbOptions = {}): Promise<DynamoDbServer> => {
  const { path } = options;
  rememberExpressions();
  const server = survivesLostClients(dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, path }));
  if (options.access !== undefined) enforceAccess(server, options.access);
  guardServer(server, options.guard);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      closed ??= new Promise((resolve, reject) => {
        // dynalite's own close shuts its store under requests that it still works on, and then throws.
        Server.prototype.close.call(server, (error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      });
      return closed;
    },
  };
};
