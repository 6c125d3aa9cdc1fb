import middy from '@middy/core';
import { createDynamoDb, createSecretsManager } from '#shared/aws/clients.ts';
import { stepSchema } from '#shared/aws/rotation-event.ts';
import { openTable } from '#shared/aws/table.ts';
import { systemClock as clock } from '#shared/clock.ts';
import { signingKeyEnvironment } from '#shared/deployment/support-environments.ts';
import { createLog, createRecordMetric } from '#shared/observability.ts';
import { createKeyStore } from './key-store.ts';
import { runStep } from './rotate.ts';

const environment = signingKeyEnvironment.read(process.env);
const log = createLog();

const context = {
  keys: createKeyStore({ secretsManager: createSecretsManager(), secretId: environment.signingKeySecretId }),
  table: openTable({
    dynamoDb: createDynamoDb(),
    tableName: environment.callerTableName,
    clock,
    log,
    recordMetric: createRecordMetric(),
  }),
  audience: { issuer: environment.gatewayUrl, audience: environment.stackName },
  tokenLifetimeSeconds: environment.callerTokenLifetimeSeconds,
  log,
};

/** Rotates the key that signs the tokens of callers; Secrets Manager invokes it step by step. */
export const handler = middy<unknown, void>()
  .before(log.inContext())
  .handler((event) => runStep(context, stepSchema().parse(event)));
