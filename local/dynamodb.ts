import { once } from 'node:events';
import { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeDefinition,
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

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

/**
 * Starts dynalite, which keeps its tables in memory. It has no TTL, no
 * transactions and no ReturnValuesOnConditionCheckFailure.
 *
 * @param options.port 0, the default, takes a free port
 */
export const startDynamoDb = async (options: { port?: number } = {}): Promise<DynamoDbServer> => {
  const server = survivesLostClients(dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }));
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

const text = (...names: string[]): AttributeDefinition[] =>
  names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));

const index = (IndexName: string, hash: string, range: string): GlobalSecondaryIndex => ({
  IndexName,
  KeySchema: [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'ALL' },
});

const partitionAndSortKey: KeySchemaElement[] = [
  { AttributeName: 'pk', KeyType: 'HASH' },
  { AttributeName: 'sk', KeyType: 'RANGE' },
];

// The answer comes a moment before the table is there.
const createTable = async (client: DynamoDBClient, table: CreateTableCommandInput): Promise<void> => {
  await client.send(new CreateTableCommand(table));
  const status = async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table.TableName }));
    return Table?.TableStatus;
  };
  while ((await status()) !== 'ACTIVE') await sleep(5);
};

/** Creates the job table with the keys and indexes that the deployed one has. */
export const createJobTable = async (client: DynamoDBClient, tableName: string): Promise<void> => {
  await createTable(client, {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: text(
      'pk',
      'sk',
      'queueState',
      'queueOrder',
      'caller',
      'createdOrder',
      'unpublished',
      'finishedAt',
    ),
    KeySchema: partitionAndSortKey,
    GlobalSecondaryIndexes: [
      index('queue', 'queueState', 'queueOrder'),
      index('caller', 'caller', 'createdOrder'),
      index('unpublished', 'unpublished', 'finishedAt'),
    ],
  });
};

/** Creates the table in which the secret rotation records its intents. */
export const createIntentTable = async (client: DynamoDBClient, tableName: string): Promise<void> => {
  await createTable(client, {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: text('pk'),
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  });
};

/** Creates the table of webhooks and of what was sent to them. */
export const createWebhookTable = async (client: DynamoDBClient, tableName: string): Promise<void> => {
  await createTable(client, {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: text('pk', 'sk'),
    KeySchema: partitionAndSortKey,
  });
};
