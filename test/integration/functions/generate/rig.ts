import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey } from '@aws-sdk/client-s3';
import type { GenerateContext } from '#functions/generate/context.ts';
import { runJob } from '#functions/generate/run-job.ts';
import type { TurnEnd } from '#functions/generate/turn.ts';
import { createAccessTokenCache } from '#shared/adobe/auth/access-token.ts';
import { createCallAdobe } from '#shared/adobe/http/call.ts';
import { openDownload } from '#shared/adobe/http/download.ts';
import { createAllowList } from '#shared/adobe/http/hosts.ts';
import { findOutputs } from '#shared/adobe/services/operation-settings.ts';
import { operationOf } from '#shared/adobe/services/registry.ts';
import type { DynamoDb } from '#shared/aws/dynamodb/client.ts';
import { systemClock } from '#shared/clock.ts';
import type { Job, NewJob, Turn } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import type { Permit } from '#shared/jobs/lanes/permits.ts';
import { type LaneSnapshot, readLane } from '#shared/jobs/lanes/snapshot.ts';
import type { StoredRequest } from '#shared/jobs/request-store.ts';
import { type StartedTurn, toStartedTurn } from '#shared/jobs/started-turn.ts';
import { transition } from '#shared/jobs/transitions.ts';
import { metricNames } from '#shared/metrics.ts';
import { runInTestRunner } from '#test/fixtures/durable-runner.ts';
import { type FakeAdobe, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';
import { readJob, startTestDynamoDb } from '#test/fixtures/job-table.ts';
import { type Observed, observe } from '#test/fixtures/observed.ts';
import { adobeLimits, assign, createLane, enqueue, onlyLane, readPermits } from '#test/fixtures/queue.ts';
import { openTestBucket } from '#test/fixtures/test-bucket.ts';
import { createTestTokens, type TestTokens } from './test-tokens.ts';

/** Servers that the tests of one file share. */
export interface Servers {
  rig(settings?: Partial<GenerateContext>): Promise<Rig>;
  close(): Promise<void>;
}

/** One gateway's worth of context around `generate`, with an Adobe of its own. */
export interface Rig extends Observed {
  adobe: FakeAdobe;
  /** Where Adobe keeps outputs: another host, to which the token must never go. */
  storage: FakeAdobe;
  /** The client of the rig's table, to which a test may do what it likes. */
  dynamoDb: DynamoDb;
  context: GenerateContext;
  /** Details of the events of ended jobs. */
  events: Record<string, unknown>[];
  /** How often a dispatch was asked for. */
  dispatches: number;
  tokens: TestTokens;
  /** Queues a job and gives it permit 0 from so many ms on. */
  scheduled(options?: { inMs?: number; fields?: Partial<NewJob> }): Promise<Job>;
  /** Puts a queued job under permit 0 again. */
  again(job: Job): Promise<Job>;
  /** A job that Adobe has accepted, followed by nobody. */
  accepted(upstream?: Partial<Job['upstream']>, fields?: Partial<Job & StoredRequest>): Promise<Job>;
  /** Runs the durable function for a turn until it ends, and reads the job then. */
  follow(turn: Turn): Promise<{ end: TurnEnd; job: Job & StoredRequest; steps: string[] }>;
  permits(): Promise<Permit[]>;
  /** What the lane looks like now. */
  quota(): Promise<LaneSnapshot>;
  stored(): Promise<Map<string, { bytes: Buffer; contentType: string | undefined; disposition?: string }>>;
}

export const submitPath = '/v3/images/generate-async';
export const statusPath = '/v3/status/urn:ff:jobs:eso851211:8b2c?shard=%2Fa';
export const cancelPath = '/v3/cancel/urn:ff:jobs:eso851211:8b2c';

/** Adobe's answer to a submit it accepts. */
export const acceptance = (adobe: FakeAdobe) => ({
  status: 202,
  body: { jobId: 'urn:ff:jobs:eso851211:8b2c', statusUrl: adobe.url + statusPath, cancelUrl: adobe.url + cancelPath },
});

/** Adobe's status of a job that has succeeded with these outputs. */
export const success = (...urls: string[]) => ({
  status: 200,
  body: {
    status: 'succeeded',
    jobId: '8b2c',
    result: {
      size: { width: 2048, height: 2048 },
      contentClass: 'art',
      outputs: urls.map((url, index) => ({ seed: 100 + index, image: { url } })),
    },
  },
});

export const running = { status: 200, body: { status: 'running', jobId: '8b2c', progress: 40 } };

/** Settings of a rig for what is tried again for half a minute: the pauses between the tries are cut short. */
export const impatient = {
  sleep: async (ms: number): Promise<void> => {
    await sleep(Math.min(ms, 20));
  },
};

export const startServers = async (): Promise<Servers> => {
  const [dynamoDb, bucket] = await Promise.all([startTestDynamoDb(), openTestBucket('outputs')]);
  const s3 = bucket.connect();
  const fakes: FakeAdobe[] = [];
  return {
    rig: async (settings = {}) => {
      const [adobe, storage] = await Promise.all([startFakeAdobe(), startFakeAdobe()]);
      fakes.push(adobe, storage);
      const { own, client } = dynamoDb.reconnect(await dynamoDb.table(systemClock));
      return createRig({ adobe, storage, s3, table: own, dynamoDb: client }, settings);
    },
    close: async () => {
      await Promise.all([dynamoDb.close(), bucket.close(), ...fakes.map((fake) => fake.close())]);
    },
  };
};

const createRig = (
  {
    adobe,
    storage,
    dynamoDb,
    s3,
    table,
  }: Pick<Rig, 'adobe' | 'storage' | 'dynamoDb'> & Pick<GenerateContext, 's3' | 'table'>,
  settings: Partial<GenerateContext>,
): Rig => {
  const observed = observe();
  let isMeantToBeLate = false;
  const events: Rig['events'] = [];
  const tokens = createTestTokens();
  const send = async ({ input }: { input: { Entries: { Detail: string }[] } }) => {
    for (const { Detail } of input.Entries) events.push(JSON.parse(Detail));
    return { FailedEntryCount: 0 };
  };
  // Wide enough for a busy machine: what the fence refuses is tested on an injected clock.
  const lane = createLane(table, { ...adobeLimits, submitGraceMs: 60_000 });
  const cache = createAccessTokenCache(tokens, systemClock);
  const context: GenerateContext = {
    table,
    lanes: onlyLane(lane),
    bus: {
      eventBridge: { send } as never,
      eventBusName: 'bus',
      stackName: 'firefly-gateway-test',
      gatewayUrl: 'https://gateway.test',
    },
    tokens: cache,
    callAdobe: createCallAdobe(cache, { clock: systemClock, log: observed.log }),
    s3,
    buckets: { own: 'outputs', shared: [] },
    inputMaxBytes: 100_000,
    getBaseUrl: () => adobe.url,
    getOrganizationHeaders: () => ({}),
    allowsStatus: createAllowList([adobe.url]),
    allowsDownload: createAllowList([storage.url]),
    // The rig's storage stands for Google's as well.
    openWebInput: (url) =>
      openDownload(url.replace('https://storage.googleapis.com', storage.url), createAllowList([storage.url]), 10_000),
    pollingPolicyFor: () => ({ firstPollSeconds: 1, pollCeilingSeconds: 1, timeoutSeconds: 900 }),
    firstPolls: new Map(),
    publicRequests: { allowsLoopback: true },
    findOutputs: (job) => findOutputs(operationOf(job), {}),
    outputMaxBytes: 50_000_000,
    triggerDispatch: async () => {
      rig.dispatches += 1;
    },
    sleep: async (ms) => {
      await sleep(ms);
    },
    ...observed,
    // On a busy machine any turn may be late.
    recordMetric: (...value) => {
      if (value[0] !== metricNames.lateTurns || isMeantToBeLate) observed.recordMetric(...value);
    },
    ...settings,
  };
  const begin = async (job: Job, submitAt: number): Promise<Job> => {
    const begun = await assign(lane, job, submitAt);
    if (begun === undefined) throw new Error('The turn did not begin.');
    return begun;
  };
  const rig: Rig = {
    ...observed,
    adobe,
    storage,
    dynamoDb,
    context,
    events,
    dispatches: 0,
    tokens,
    scheduled: async ({ inMs = 0, fields } = {}) => {
      isMeantToBeLate ||= inMs < 0;
      return begin(await enqueue(lane, fields), Date.now() + inMs);
    },
    again: (job) => begin(job, Date.now()),
    accepted: async (upstream, { request, ...fields } = {}) => {
      const scheduled = await rig.scheduled(request === undefined ? {} : { fields: { request } });
      const now = new Date().toISOString();
      const changes = {
        upstream: {
          statusUrl: adobe.url + statusPath,
          cancelUrl: adobe.url + cancelPath,
          acceptedAt: now,
          ...upstream,
        },
        ...fields,
      };
      await transition(table, scheduled, { from: ['scheduled'], to: 'running', order: now, changes });
      return readJob(table, scheduled);
    },
    follow: async ({ jobId, turn }) => {
      const job = await getJob(table, jobId);
      const payload = job?.turn === turn ? toStartedTurn(job) : { jobId, turn };
      const { end, operations } = await runInTestRunner<StartedTurn, TurnEnd>(payload, (durable, event) =>
        runJob(durable, event, context),
      );
      return { end, job: await readJob(table, { jobId }), steps: operations };
    },
    permits: () => readPermits(lane),
    quota: () => readLane(lane),
    stored: async () => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: context.buckets.own }));
      const read = async ({ Key = '' }) => {
        try {
          const { Body, ContentType, ContentDisposition } = await s3.send(
            new GetObjectCommand({ Bucket: context.buckets.own, Key }),
          );
          const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
          const disposition = ContentDisposition && { disposition: ContentDisposition };
          return [[Key, { bytes, contentType: ContentType, ...disposition }] as const];
        } catch (error) {
          // The tests of a file run side by side in one bucket: what another one has erased meanwhile is gone.
          if (error instanceof NoSuchKey) return [];
          throw error;
        }
      };
      const objects = (await Promise.all(Contents.map(read))).flat();
      return new Map(objects);
    },
  };
  return rig;
};
