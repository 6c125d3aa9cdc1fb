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
