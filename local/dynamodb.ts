import { once } from 'node:events';
import { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  type Projection,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import {
  auditTable,
  callerTable,
  type IndexDefinition,
  jobTable,
  type Keys,
  rotationTable,
  type TableDefinition,
  webhookTable,
} from '#shared/deployment/tables.ts';
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

// The answer comes a moment before the table is there. A table that was kept is as good as a new one.
const createTable = async (client: DynamoDBClient, table: CreateTableCommandInput): Promise<void> => {
  try {
    await client.send(new CreateTableCommand(table));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  const status = async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table.TableName }));
    return Table?.TableStatus;
  };
  while ((await status()) !== 'ACTIVE') await sleep(5);
};

const keySchema = ({ partitionKey, sortKey }: Keys): KeySchemaElement[] => [
  { AttributeName: partitionKey, KeyType: 'HASH' },
  ...(sortKey === undefined ? [] : [{ AttributeName: sortKey, KeyType: 'RANGE' as const }]),
];

const projection = ({ includes }: IndexDefinition): Projection =>
  includes === undefined
    ? { ProjectionType: 'KEYS_ONLY' }
    : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...includes] };

/** How a table is created. */
export const describeTable = (tableName: string, definition: TableDefinition): CreateTableCommandInput => {
  const indexes = Object.entries(definition.indexes ?? {});
  const keys = [definition, ...indexes.map(([, index]) => index)].flatMap(keySchema);
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...new Set(keys.map((key) => key.AttributeName))].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    KeySchema: keySchema(definition),
    GlobalSecondaryIndexes:
      indexes.length === 0
        ? undefined
        : indexes.map(([IndexName, index]) => ({
            IndexName,
            KeySchema: keySchema(index),
            Projection: projection(index),
          })),
  };
};

const create = (client: DynamoDBClient, tableName: string, definition: TableDefinition): Promise<void> =>
  createTable(client, describeTable(tableName, definition));

/** Creates the job table. */
export const createJobTable = (client: DynamoDBClient, tableName: string): Promise<void> =>
  create(client, tableName, jobTable);

/** Creates the table in which the secret rotation keeps its state. */
export const createRotationTable = (client: DynamoDBClient, tableName: string): Promise<void> =>
  create(client, tableName, rotationTable);

/** Creates the table of webhooks and deliveries. */
export const createWebhookTable = (client: DynamoDBClient, tableName: string): Promise<void> =>
  create(client, tableName, webhookTable);

/** Creates the table of callers. */
export const createCallerTable = (client: DynamoDBClient, tableName: string): Promise<void> =>
  create(client, tableName, callerTable);

/** Creates the table of the audit trail. */
export const createAuditTable = (client: DynamoDBClient, tableName: string): Promise<void> =>
  create(client, tableName, auditTable);
