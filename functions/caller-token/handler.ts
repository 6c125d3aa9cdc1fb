import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { createDynamoDb, createSecretsManager } from '#shared/aws/clients.ts';
import { openTable } from '#shared/aws/table.ts';
import { createSigningKeyReader } from '#shared/callers/signing-key.ts';
import { systemClock as clock } from '#shared/clock.ts';
import { callerTokenEnvironment } from '#shared/deployment/support-environments.ts';
import { createLog, createRecordMetric } from '#shared/observability.ts';
import { createTokenEndpoint } from './endpoint.ts';

const environment = callerTokenEnvironment.read(process.env);
const log = createLog();
const recordMetric = createRecordMetric();
const tables = { dynamoDb: createDynamoDb(), clock, log, recordMetric };

/** Issues tokens to callers for their id and secret, and publishes the keys to verify them with. */
export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
  .before(log.inContext(({ requestContext }) => ({ requestId: requestContext.requestId })))
  .handler(
    createTokenEndpoint({
      table: openTable({ ...tables, tableName: environment.callerTableName }),
      audit: { table: openTable({ ...tables, tableName: environment.auditTableName }), log },
      readSigningKey: createSigningKeyReader({
        secretsManager: createSecretsManager(),
        secretId: environment.signingKeySecretId,
        clock,
      }),
      issuer: environment.gatewayUrl,
      audience: environment.stackName,
      lifetimeSeconds: environment.callerTokenLifetimeSeconds,
      log,
      recordMetric,
    }),
  );
