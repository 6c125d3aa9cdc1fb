import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import { createImsClient } from '#shared/adobe/auth/ims.ts';
import { withScopeFallback } from '#shared/adobe/auth/scope-fallback.ts';
import { checkFireflyAccess } from '#shared/adobe/console/firefly-access.ts';
import { createIoManagementClient } from '#shared/adobe/console/io-management.ts';
import type { AuditAction } from '#shared/audit/entry.ts';
import { recordAudit } from '#shared/audit/trail.ts';
import { invokeTokenRefresh } from '#shared/aws/access-token-source.ts';
import { createDynamoDb, createLambda, createSecretsManager } from '#shared/aws/clients.ts';
import { createStatusItems } from '#shared/aws/status-items.ts';
import { systemClock as clock } from '#shared/clock.ts';
import { secretRotationEnvironment } from '#shared/deployment/support-environments.ts';
import { createLog, createRecordMetric } from '#shared/observability.ts';
import type { RotationOptions, RotationPorts } from './context.ts';
import { runDaily } from './daily.ts';
import { buildPolicy } from './environment.ts';
import { eventSchema } from './event.ts';
import { deletePreviousSecretNow } from './secrets/delete.ts';
import { runStep } from './steps/run-step.ts';
import { createSecretStore } from './stores/secret-store.ts';
import { createStateStore } from './stores/state-store.ts';

const environment = secretRotationEnvironment.read(process.env);
const { tableName, rotationTableName, clientCredentialsSecretId, tokenRefreshFunctionName } = environment;
const policy = buildPolicy(environment);
const dynamoDb = createDynamoDb();
const lambda = createLambda();

const log = createLog();

const ports: RotationPorts = {
  secrets: createSecretStore({ secretsManager: createSecretsManager(), secretId: clientCredentialsSecretId }),
  state: createStateStore({ dynamoDb, tableName: rotationTableName, clock }),
  ims: withScopeFallback(
    createImsClient({ baseUrl: environment.adobeImsUrl, clock }),
    policy.generationScopes,
    Object.values(environment.serviceAccess).map(({ scopes }) => scopes),
  ),
  openIoManagement: (credential, accessToken) =>
    createIoManagementClient({
      ...credential,
      baseUrl: environment.adobeIoUrl,
      accessToken,
      timeoutMs: policy.addTimeoutMs,
    }),
  checkFirefly: (token) => checkFireflyAccess({ baseUrl: environment.fireflyApiUrl, token, timeoutMs: 10_000 }),
  refreshToken: () => invokeTokenRefresh(lambda, tokenRefreshFunctionName, { reason: 'rotated' }),
  status: createStatusItems({ dynamoDb, tableName, clock }),
  clock,
  sleep: (ms) => sleep(ms),
  log,
  recordMetric: createRecordMetric(),
};

const trail = { table: { dynamoDb, tableName: environment.auditTableName, clock }, log };

/** A step that is repeated is noted again; a rotation is never held up by the audit trail. */
const note = (action: AuditAction, object: Record<string, string>): Promise<void> =>
  recordAudit(trail, { actorKind: 'function', actor: 'secret-rotation', action, object, outcome: 'done' });

/** Time, in ms, that is kept for the last writes of a run. */
const reserveMs = 5_000;

/**
 * Works on the client secrets: a step of a rotation for Secrets Manager, the daily run for the schedule, the deletion of a
 * compromised secret for an operator. A failure is thrown, after it is on record for `/health`.
 */
export const handler = middy<unknown>()
  .before(log.inContext())
  .handler(async (input, context) => {
    const options: RotationOptions = {
      ports,
      policy,
      deadline: clock.now() + context.getRemainingTimeInMillis() - reserveMs,
    };
    const event = eventSchema().parse(input);
    if ('Step' in event) {
      await runStep(options, event);
      if (event.Step === 'finishSecret') await note('credentials rotated', { versionId: event.ClientRequestToken });
      return undefined;
    }
    if (event.action === 'daily') return runDaily(options);
    const deleted = await deletePreviousSecretNow(options, event.confirm);
    await note('credentials compromised', { secretUuid: event.confirm ?? 'previous' });
    return deleted;
  });
