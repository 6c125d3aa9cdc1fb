import middy from '@middy/core';
import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { createDynamoDb } from '#shared/aws/clients.ts';
import { openTable } from '#shared/aws/table.ts';
import { createKeyFinder } from '#shared/callers/verification-keys.ts';
import { systemClock as clock } from '#shared/clock.ts';
import { authorizeEnvironment } from '#shared/deployment/support-environments.ts';
import { createLog, createRecordMetric } from '#shared/observability.ts';
import { type Authorization, authorize } from './authorize.ts';

const { callerTableName, gatewayUrl, stackName } = authorizeEnvironment.read(process.env);
const log = createLog();
const table = openTable({
  dynamoDb: createDynamoDb(),
  tableName: callerTableName,
  clock,
  log,
  recordMetric: createRecordMetric(),
});
const findKey = createKeyFinder(table);

/** Tells the HTTP API whether the bearer of a token may call, and the api who it is. */
export const handler = middy<APIGatewayRequestAuthorizerEventV2, Authorization>()
  .before(log.inContext(({ requestContext }) => ({ requestId: requestContext.requestId })))
  .handler(({ headers }) =>
    authorize({ table, findKey, issuer: gatewayUrl, audience: stackName, log }, headers?.['authorization']),
  );
