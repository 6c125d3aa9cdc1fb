import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { v7 } from 'uuid';
import * as z from 'zod';

/**
 * The least that takes a request into a queue: one look at it, one write. It has no caller, no key, no policy, no order of service and
 * no estimate; what accepting a job costs is told beside it.
 */
const requestSchema = z.strictObject({
  prompt: z.string().min(1).max(1_024),
  size: z.strictObject({ width: z.int(), height: z.int() }).optional(),
  numVariations: z.int().min(1).max(4).optional(),
  seeds: z.array(z.int()).max(4).optional(),
});

const table = DynamoDBDocumentClient.from(new DynamoDBClient());

export const handler = async (event: APIGatewayProxyEventV2) => {
  const request = requestSchema.parse(JSON.parse(event.body ?? ''));
  const jobId = v7();
  const createdAt = new Date().toISOString();
  await table.send(
    new PutCommand({
      TableName: process.env['TABLE_NAME'],
      Item: { pk: `job#${jobId}`, sk: 'job', state: 'queued', createdAt, request },
    }),
  );
  return { statusCode: 202, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jobId }) };
};
