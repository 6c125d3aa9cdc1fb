import { ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { localClients } from '#local/clients.ts';
import { createAuditTable, createCallerTable, createJobTable } from '#local/create-tables.ts';
import { startDynamoDb } from '#local/dynamodb.ts';
import { startEventBridge } from '#local/eventbridge.ts';
import { startS3 } from '#local/s3/start-s3.ts';
import { startSecretsManager } from '#local/secrets-manager/server.ts';
import { createStatusItems } from '#shared/aws/status-items.ts';
import { systemClock } from '#shared/clock.ts';
import { outputKey } from '#shared/deployment/bucket.ts';
import { apiEnvironment } from '#shared/deployment/job-environments.ts';
import { settingsSchema } from '#shared/deployment/settings.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { callHandler, finishJob, moveJob, success } from './fixture.ts';
import type { TestRequest } from './http-event.ts';

const bucket = 'gateway-outputs';
const stack = 'firefly-gateway-test';

const startServers = async () => {
  const events: unknown[] = [];
  const [dynamoDb, s3, secretsManager, eventBridge] = await Promise.all([
    startDynamoDb(),
    startS3({ bucket }),
    startSecretsManager(),
    startEventBridge({ onEvent: (event) => events.push(event) }),
  ]);
  const urls = { dynamodb: dynamoDb.url, s3: s3.url, secretsManager: secretsManager.url, eventBridge: eventBridge.url };
  return {
    urls,
    clients: localClients(urls),
    close: () => Promise.all([dynamoDb.close(), s3.close(), secretsManager.close(), eventBridge.close()]),
    events,
  };
};

describe('the handler with its settings and AWS clients', () => {
  let servers: Awaited<ReturnType<typeof startServers>>;
  let handler: typeof import('#functions/api/handler.ts').handler;

  beforeAll(async () => {
    servers = await startServers();
    const { dynamoDb } = servers.clients;
    await createJobTable(dynamoDb, 'jobs');
    await createCallerTable(dynamoDb, 'callers');
    await createAuditTable(dynamoDb, 'audit');
    const environment: Record<string, string> = {
      ...apiEnvironment.write({
        ...settingsSchema().parse({}),
        stackName: stack,
        tableName: 'jobs',
        bucketName: bucket,
        eventBusName: 'default',
        webhookTableName: 'webhooks',
        callerTableName: 'callers',
        auditTableName: 'audit',
        passthroughFunctionName: `${stack}-passthrough`,
        dispatchFunctionName: `${stack}-dispatch`,
        notifyFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:notify:live',
        outputUrlLifetimeSeconds: 900,
        operators: 'policy',
        singleSignOn: 'users',
        gatewayUrl: 'http://127.0.0.1:3000/',
        gatewayVersion: '0.0.0-test',
        console: undefined,
      }),
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_MAX_ATTEMPTS: '1',
      AWS_ENDPOINT_URL_DYNAMODB: servers.urls.dynamodb,
      AWS_ENDPOINT_URL_S3: servers.urls.s3,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: servers.urls.secretsManager,
      // Nobody listens there: dispatch is woken in vain.
      AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:9',
      AWS_ENDPOINT_URL_EVENTBRIDGE: servers.urls.eventBridge,
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    ({ handler } = await import('#functions/api/handler.ts'));
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await servers.close();
  });

  const call = (request: TestRequest) => callHandler(handler, request);
  const post = () => call({ method: 'POST', path: '/v3/images/generate-async', body: { prompt: 'a cat' } });

  it('takes a job as soon as the access token is there, and serves and erases its outputs', async () => {
    expect(await post()).toMatchObject({ statusCode: 503, json: { error_code: 'not_configured' } });
    expect((await call({ path: '/health' })).json).toMatchObject({ status: 'not_configured', version: '0.0.0-test' });
    const table = { dynamoDb: servers.clients.tables, tableName: 'jobs', clock: systemClock };
    const now = Date.now();
    await createStatusItems(table).writeTokenRefresh({
      state: 'ok',
      lastRunAt: new Date(now).toISOString(),
      tokenExpiresAt: new Date(now + 3_600_000).toISOString(),
    });

    const accepted = await post();
    const jobId = String(accepted.json['jobId']);
    expect(accepted).toMatchObject({
      statusCode: 202,
      json: { statusUrl: `http://127.0.0.1:3000/v3/status/${jobId}` },
    });
    expect((await call({ path: '/jobs' })).json).toMatchObject({ jobs: [{ jobId, status: 'queued' }] });

    const job = await getJob(table, jobId);
    if (job === undefined) throw new Error('The job is not in the table.');
    const { s3 } = servers.clients;
    const outputs = (success(jobId).outputs ?? []).map((output, index) => ({
      ...output,
      bucket,
      key: outputKey(job, index, 'jpg'),
    }));
    for (const { key } of outputs)
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: `image ${key}` }));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'outputs/2026/03/01/other/0.jpg', Body: 'other' }));
    await moveJob(table, jobId, 'running');
    await finishJob(table, jobId, { ...success(jobId), outputs });

    const redirect = await call({ path: `/jobs/${jobId}/outputs/1` });
    expect(redirect.statusCode).toBe(302);
    const location = new URL(redirect.headers['location'] ?? '');
    expect(location.searchParams.get('X-Amz-Expires')).toBe('900');
    const picture = await fetch(location);
    expect(await picture.text()).toBe(`image ${outputs[1]?.key}`);

    expect((await call({ method: 'DELETE', path: `/jobs/${jobId}` })).statusCode).toBe(204);
    expect(servers.events).toHaveLength(1);
    const left = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    expect(left.Versions?.map(({ Key }) => Key)).toEqual(['outputs/2026/03/01/other/0.jpg']);
    expect((await call({ path: `/jobs/${jobId}` })).statusCode).toBe(404);
  });
});
