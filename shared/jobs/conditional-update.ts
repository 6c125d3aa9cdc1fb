import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/table.ts';

/** A DynamoDB update that happens only under a condition. */
export interface ConditionalUpdate {
  expression: string;
  condition: string;
  values?: Record<string, unknown>;
  names?: Record<string, string>;
}

/**
 * Updates one item if the condition holds.
 *
 * @returns the whole item after the update, or undefined if the condition did not hold
 */
export const conditionalUpdate = async (
  { dynamoDb, tableName }: Table,
  key: { pk: string; sk: string },
  { expression, condition, values, names }: ConditionalUpdate,
): Promise<Record<string, unknown> | undefined> => {
  try {
    const { Attributes } = await dynamoDb.send(
      new UpdateCommand({
        TableName: tableName,
        Key: key,
        UpdateExpression: expression,
        ConditionExpression: condition,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
        ReturnValues: 'ALL_NEW',
      }),
    );
    return Attributes ?? {};
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
};
