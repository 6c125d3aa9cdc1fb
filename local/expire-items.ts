import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { stackTables } from './stack-tables.ts';

/**
 * Deletes what has expired, as DynamoDB's time to live does: dynalite has none. What cannot be deleted does not keep the rest.
 *
 * @throws {Error} the first failure, once all was tried
 */
export const expireItems = async (dynamoDb: DynamoDBClient, now: number): Promise<void> => {
  const failures: unknown[] = [];
  for (const [TableName, { partitionKey, sortKey, timeToLiveAttribute }] of Object.entries(stackTables)) {
    if (timeToLiveAttribute === undefined) continue;
    const keys = [partitionKey, ...(sortKey === undefined ? [] : [sortKey])];
    const expired = {
      ExpressionAttributeNames: { '#expires': timeToLiveAttribute },
      ExpressionAttributeValues: { ':now': { N: String(Math.floor(now / 1000)) } },
    };
    for await (const { Items = [] } of paginateScan(
      { client: dynamoDb },
      { TableName, FilterExpression: '#expires <= :now', ...expired },
    )) {
      for (const item of Items) {
        const Key = Object.fromEntries(Object.entries(item).filter(([name]) => keys.includes(name)));
        try {
          await dynamoDb.send(
            new DeleteItemCommand({ TableName, Key, ConditionExpression: '#expires <= :now', ...expired }),
          );
        } catch (error) {
          // Its life was prolonged meanwhile.
          if (!(error instanceof ConditionalCheckFailedException)) failures.push(error);
        }
      }
    }
  }
  if (failures.length > 0) throw failures[0];
};
