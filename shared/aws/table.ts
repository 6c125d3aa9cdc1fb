import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../clock.ts';

/** A DynamoDB table, and the time by which its items are judged. */
export interface Table {
  dynamoDb: DynamoDBDocumentClient;
  tableName: string;
  clock: Clock;
}
