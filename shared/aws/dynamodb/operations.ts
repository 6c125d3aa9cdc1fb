import type { AttributeMap } from './attribute-values.ts';

/** Which table, or index of it. */
interface Target {
  TableName: string;
}

/** Names and values that expressions have placeholders for. */
interface Placeholders {
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: AttributeMap;
}

/** A write of one item. */
interface ConditionalWrite extends Target, Placeholders {
  ConditionExpression?: string;
}

/** Which items of a table a BatchGetItem reads. */
export interface KeysAndAttributes extends Pick<Placeholders, 'ExpressionAttributeNames'> {
  Keys: AttributeMap[];
  ConsistentRead?: boolean;
  ProjectionExpression?: string;
}

/** A write of a BatchWriteItem. */
export type WriteRequest = { PutRequest: { Item: AttributeMap } } | { DeleteRequest: { Key: AttributeMap } };

/** The operations of DynamoDB that the gateway uses: what each takes and answers, in DynamoDB's words, as far as it is used. */
export interface Operations {
  GetItem: {
    input: Target & { Key: AttributeMap; ConsistentRead?: boolean };
    output: { Item?: AttributeMap };
  };
  PutItem: {
    input: ConditionalWrite & { Item: AttributeMap };
    output: object;
  };
  UpdateItem: {
    input: ConditionalWrite & { Key: AttributeMap; UpdateExpression: string; ReturnValues?: 'ALL_NEW' };
    output: { Attributes?: AttributeMap };
  };
  DeleteItem: {
    input: ConditionalWrite & { Key: AttributeMap };
    output: object;
  };
  Query: {
    input: Target &
      Placeholders & {
        IndexName?: string;
        KeyConditionExpression?: string;
        FilterExpression?: string;
        ProjectionExpression?: string;
        ConsistentRead?: boolean;
        ScanIndexForward?: boolean;
        Select?: 'COUNT';
        Limit?: number;
        ExclusiveStartKey?: AttributeMap;
      };
    output: { Items?: AttributeMap[]; Count?: number; LastEvaluatedKey?: AttributeMap };
  };
  BatchGetItem: {
    input: { RequestItems: Record<string, KeysAndAttributes> };
    output: {
      Responses?: Record<string, AttributeMap[]>;
      UnprocessedKeys?: Record<string, KeysAndAttributes>;
    };
  };
  BatchWriteItem: {
    input: { RequestItems: Record<string, WriteRequest[]> };
    output: { UnprocessedItems?: Record<string, WriteRequest[]> };
  };
}
