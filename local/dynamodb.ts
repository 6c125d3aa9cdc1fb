import { once } from 'node:events';
import { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import type { Store } from 'dynalite/db/index.js';
import { type GuardRules, guardServer } from '#shared/loopback-guard.ts';
import { type DynamoDbAccess, readRequest, refuseAccess } from './dynamodb-access.ts';
import { rememberExpressions } from './dynamodb-expressions.ts';
import { serveItemRequest } from './dynamodb-requests.ts';
import { withQuickStore } from './dynamodb-store.ts';

/** A DynamoDB on 127.0.0.1. */
export interface DynamoDbServer {
  readonly url: string;
  close(): Promise<void>;
}

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

/** Puts IAM before dynalite, and what is quicker than its own front before that. */
const serveInFront = (server: Server, store: Store, access: DynamoDbAccess | undefined): void => {
  const [serve] = server.listeners('request');
  if (serve === undefined) throw new Error('dynalite has changed: its server has no request listener.');
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    readRequest(request, response, (read) => {
      if (access !== undefined && refuseAccess(access, read)) return;
      if (serveItemRequest(store, read)) return;
      request.removeAllListeners();
      serve.call(server, request, response);
      // It throws on a client that goes away, which would end the whole process.
      request.removeAllListeners('error');
      request.on('error', () => response.destroy());
      // The body has been read.
      request.emit('data', read.body);
      request.emit('end');
    });
  });
};

/** Starts dynalite. It has no TTL, no transactions and no ReturnValuesOnConditionCheckFailure. */
export const startDynamoDb = async (options: DynamoDbOptions = {}): Promise<DynamoDbServer> => {
  const { path } = options;
  rememberExpressions();
  const { started: server, store } = withQuickStore(() =>
    dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, path }),
  );
  serveInFront(server, store, options.access);
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
