import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Context } from 'aws-lambda';
import { createApi } from '#functions/api/app.ts';
import type { ApiContext, ApiSettings } from '#functions/api/context.ts';
import type { HttpResponse } from '#functions/api/http/problem.ts';
import type { HttpEvent } from '#functions/api/http/request.ts';
import { createPassOn } from '#functions/passthrough/pass-on.ts';
import { localClients } from '#local/clients.ts';
import { createAuditTable, createCallerTable, createJobTable, createWebhookTable } from '#local/create-tables.ts';
import type { AccessToken } from '#shared/adobe/auth/access-token.ts';
import { type CallAdobe, createCallAdobe } from '#shared/adobe/http/call.ts';
import { services } from '#shared/adobe/services/registry.ts';
import type { ObjectStore } from '#shared/aws/object-store.ts';
import { createPassedOnCalls } from '#shared/aws/passed-on-calls.ts';
import { createStatusItems } from '#shared/aws/status-items.ts';
import type { Table } from '#shared/aws/table.ts';
import type { CallerPolicy } from '#shared/caller-policy.ts';
import { createDeniedWords } from '#shared/callers/denied-words.ts';
import { createPolicyReader } from '#shared/callers/policies.ts';
import type { Clock } from '#shared/clock.ts';
import type { JobOutput, JobState } from '#shared/jobs/job.ts';
import type { LaneLimits } from '#shared/jobs/lanes/lane.ts';
import { endJob, type JobEnd, transition } from '#shared/jobs/transitions.ts';
import { type AnswerCheck, createAnswerCheck } from '#test/fixtures/answer-check.ts';
import { allItems, createTestDynamoDb, readJob } from '#test/fixtures/job-table.ts';
import { createManualClock } from '#test/fixtures/manual-clock.ts';
import { createLane, fireflyLane } from '#test/fixtures/queue.ts';
import { decodeBody, httpEvent, type TestRequest } from './http-event.ts';
import { objectsInS3, recordingStore } from './objects-in-memory.ts';

/** An answer with its body parsed. */
export interface TestResponse extends HttpResponse {
  json: Record<string, unknown>;
}

export const validToken = (clock: Clock): AccessToken => ({
  accessToken: 'test-access-token',
  expiresAt: clock.now() + 3_600_000,
  clientId: 'test-client',
  scope: 'firefly_api',
  versionId: 'v1',
});

// Made of the first API's description: it is the same for all.
let checkAnswer: AnswerCheck | undefined;

const context = { getRemainingTimeInMillis: () => 29_000 } as Context;
/** Calls the API; an answer that its description does not know is an error. */
export const callHandler = (handler: ReturnType<typeof createApi>, request: TestRequest): Promise<TestResponse> =>
  sendEvent(handler, httpEvent(request));

/** The same with an event, which may be malformed. */
const sendEvent = async (handler: ReturnType<typeof createApi>, event: HttpEvent): Promise<TestResponse> => {
  const response = await handler(event, context);
  checkAnswer ??= createAnswerCheck(JSON.parse((await handler(httpEvent({ path: '/openapi.json' }), context)).body));
  checkAnswer({
    method: String(event.requestContext?.http?.method),
    path: String(event.requestContext?.http?.path),
    status: response.statusCode,
    contentType: response.headers['content-type'],
    body: decodeBody(response),
  });
  const isJson = /json$/.test(response.headers['content-type'] ?? '') && response.isBase64Encoded !== true;
  return { ...response, json: isJson && response.body !== '' ? JSON.parse(response.body) : {} };
};

/** What a test replaces of the context. */
type Overrides = Partial<Omit<ApiContext, 'objects' | 'settings'>> & {
  objects?: Partial<ObjectStore>;
  settings?: Partial<ApiSettings>;
  /** In place of Adobe, for the calls that are passed on. */
  callAdobe?: CallAdobe;
  /** Where they go otherwise. */
  fireflyUrl?: string;
  /** Of each lane. */
  limits?: LaneLimits;
  /** Lanes beside Firefly's. */
  otherLanes?: readonly string[];
  callerDefaults?: CallerPolicy;
  /** A server in place of the DynamoDB in this process; its tables are made unless another API works with them. */
  database?: { url: string; hasTables: boolean };
};

/** Starts the API over a real job table; the other services are recorded. */
export const startApi = async ({
  limits,
  otherLanes = [],
  callerDefaults = {},
  callAdobe,
  fireflyUrl = 'http://127.0.0.1:9',
  database,
  ...overrides
}: Overrides = {}) => {
  const clock = createManualClock(Date.parse('2026-03-01T12:00:00.000Z'));
  const { admin, dynamoDb } = connectTo(database?.url);
  if (database?.hasTables !== true) {
    await createJobTable(admin, 'jobs');
    await createWebhookTable(admin, 'webhooks');
    await createCallerTable(admin, 'callers');
    await createAuditTable(admin, 'audit');
  }
  const table: Table = { dynamoDb, tableName: 'jobs', clock };
  const callers: Table = { ...table, tableName: 'callers' };
  const recorded = {
    dispatches: 0,
    events: [] as unknown[],
    erased: [] as string[],
    logs: [] as unknown[],
    objects: new Map<string, Uint8Array>(),
    deliveries: [] as { name: string; payload: object }[],
    objectsChangedAt: new Map<string, number>(),
  };
  const eventBridge = {
    send: async (command: { input: unknown }) => {
      recorded.events.push(command.input);
      return { FailedEntryCount: 0 };
    },
  } as unknown as EventBridgeClient;
  const record = (message: string, fields?: Record<string, unknown>) => recorded.logs.push({ message, ...fields });
  const passOn = createPassOn({
    callAdobe:
      callAdobe ??
      createCallAdobe(
        { get: async () => validToken(clock), refused: async () => ({ ...validToken(clock), versionId: 'v2' }) },
        { clock, log: { error: () => {} } },
      ),
    services,
    getBaseUrl: () => fireflyUrl,
  });
  const apiContext: ApiContext = {
    table,
    callers,
    audit: { table: { ...table, tableName: 'audit' }, log: { error: record } },
    lanes: new Map([fireflyLane, ...otherLanes].map((name) => [name, createLane(table, limits, name)])),
    services,
    bus: { eventBridge, eventBusName: 'bus', stackName: 'firefly-gateway-test', gatewayUrl: 'https://gateway.test' },
    token: { read: async () => validToken(clock) },
    adobeCalls: createPassedOnCalls(async (event) => JSON.stringify(await passOn(JSON.parse(event)))),
    statusItems: createStatusItems(table),
    inputs: {
      s3: objectsInS3(recorded),
      table,
      buckets: { own: 'outputs-bucket', shared: ['shared-bucket'] },
      maxBytes: 1_000,
    },
    webhooks: {
      table: { ...table, tableName: 'webhooks' },
      startDelivery: async (payload, name) => {
        recorded.deliveries.push({ name, payload });
      },
      allowsLoopback: false,
    },
    readDeniedWords: createDeniedWords({
      s3: objectsInS3(recorded),
      buckets: { own: 'outputs-bucket', shared: ['shared-bucket'] },
      clock,
      log: { error: record },
    }),
    readPolicy: createPolicyReader(callers, callerDefaults),
    triggerDispatch: async () => {
      recorded.dispatches += 1;
    },
    sleep: async (ms) => clock.advance(ms),
    log: { debug: record, info: record, warn: record, error: record },
    recordMetric: () => {},
    ...overrides,
    objects: { ...recordingStore(recorded, clock), ...overrides.objects },
    settings: {
      stackName: 'firefly-gateway-test',
      version: '1.2.3',
      operations: {},
      operationRates: {},
      operators: 'everybody',
      singleSignOn: 'users',
      retentionSeconds: 30 * 86_400,
      docs: 'open',
      uploadsPerDay: 3,
      callerRequestsPerSecond: 10_000,
      ...overrides.settings,
    },
  };
  const handler = createApi(apiContext);
  const call = (request: TestRequest) => callHandler(handler, request);
  const send = (event: HttpEvent) => sendEvent(handler, event);
  const generate = (body: unknown = { prompt: 'a cat' }, options: Partial<TestRequest> = {}) =>
    call({ method: 'POST', path: '/v3/images/generate-async', body, ...options });
  return {
    context: apiContext,
    table,
    callers,
    clock,
    recorded,
    call,
    send,
    generate,
    /** Accepts a job and returns its id. */
    submit: async (options: Partial<TestRequest> = {}, body?: unknown) =>
      String((await generate(body, options)).json['jobId']),
    /** Counts all items but the requests that a caller has sent. */
    countItems: async () => {
      return (await allItems(table)).filter(({ sk }) => sk !== 'requests').length;
    },
    move: (jobId: string, to: JobState) => moveJob(table, jobId, to),
    end: (jobId: string, end: JobEnd) => finishJob(table, jobId, end),
    close: async () => void [admin.destroy(), dynamoDb.destroy()],
  };
};

/** Of the test's own, or one that is there. */
const connectTo = (url: string | undefined) => {
  if (url === undefined) {
    const { admin, connect } = createTestDynamoDb();
    return { admin, dynamoDb: connect() };
  }
  const { dynamoDb: admin, tables: dynamoDb } = localClients({ dynamodb: url, s3: url, secretsManager: url });
  return { admin, dynamoDb };
};

export type TestApi = Awaited<ReturnType<typeof startApi>>;

/** Moves a job as the other functions would. */
export const moveJob = async (table: Table, jobId: string, to: JobState): Promise<void> => {
  const job = await readJob(table, { jobId });
  const order = new Date(table.clock.now()).toISOString();
  const changes = to === 'scheduled' ? { submitAt: table.clock.now() + 30_000, permits: [] } : {};
  await transition(table, job, { from: [job.state], to, order, changes });
};

/** Ends a job as `generate` would. */
export const finishJob = async (table: Table, jobId: string, end: JobEnd): Promise<void> => {
  const job = await readJob(table, { jobId });
  await endJob(table, job, [job.state], end);
};

/** Two stored outputs and what Adobe said about them. */
export const success = (jobId: string): JobEnd => ({
  to: 'succeeded',
  result: { size: { width: 2048, height: 2048 }, contentClass: 'photo' },
  outputs: [7, 11].map(
    (seed, index): JobOutput => ({
      bucket: 'outputs-bucket',
      key: `outputs/2026/03/01/${jobId}/${index}.jpg`,
      sha256: String(index).repeat(64),
      bytes: 1000 + index,
      contentType: 'image/jpeg',
      seed,
    }),
  ),
});
