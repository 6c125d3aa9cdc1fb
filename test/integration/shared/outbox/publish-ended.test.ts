import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import { type BusEvent, startEventBridge } from '#local/eventbridge.ts';
import { UnreadableItemError } from '#shared/aws/items.ts';
import { type Table, updateItem } from '#shared/aws/table.ts';
import { jobEnded } from '#shared/events/job-ended.ts';
import { type EventBus, EventNotPublishedError } from '#shared/events/publish.ts';
import type { Job } from '#shared/jobs/job.ts';
import { deleteJob, jobKey } from '#shared/jobs/job-store.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { endJob, transition } from '#shared/jobs/transitions.ts';
import { type Outbox, publishEnded, tryPublishEnded } from '#shared/outbox/publish-ended.ts';
import { unpublishedJobs } from '#shared/outbox/unpublished.ts';
import { countUnits } from '#test/fixtures/capacity.ts';
import { allItems, itemOf, putLargest, startTestDynamoDb, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import { createManualClock, type ManualClock } from '#test/fixtures/manual-clock.ts';
import { createLane, enqueue } from '#test/fixtures/queue.ts';

let dynamoDb: TestDynamoDb;
let server: Awaited<ReturnType<typeof startEventBridge>>;
let bus: EventBus;
const events: BusEvent[] = [];
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
  server = await startEventBridge({ onEvent: (event) => events.push(event) });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const eventBridge = new EventBridgeClient({ endpoint: server.url, region: 'us-east-1', credentials });
  bus = { eventBridge, eventBusName: 'gateway', stackName: 'firefly-gateway-test', gatewayUrl: 'https://gateway.test' };
});
afterAll(async () => {
  bus.eventBridge.destroy();
  await Promise.all([dynamoDb.close(), server.close()]);
});

let clock: ManualClock;
let table: Table;
let outbox: Outbox;
let warnings: string[];
let metrics: unknown[][];
let lane: Lane;
beforeEach(async () => {
  events.length = 0;
  clock = createManualClock();
  table = await dynamoDb.table(clock);
  warnings = [];
  metrics = [];
  outbox = {
    table,
    bus,
    log: { warn: (message) => void warnings.push(message) },
    recordMetric: (...metric) => void metrics.push(metric),
  };
  lane = createLane(table);
});

const outputs = [{ bucket: 'b', key: 'outputs/1/0.jpg', sha256: 'ab', bytes: 3, contentType: 'image/jpeg', seed: 7 }];

it('takes one call to read what it needs, four to count what the job was, and one to clear the mark', async () => {
  const job = await ended();
  const { own, calls } = countUnits(dynamoDb, table);
  await publishEnded({ ...outbox, table: own }, job);
  expect(calls()).toBe(6);
});

const ended = async (request?: string): Promise<Job> => {
  const job = await enqueue(lane, request === undefined ? {} : { request });
  return (await endJob(table, job, ['queued'], { to: 'succeeded', outputs })) as Job;
};

/** The jobs whose end nobody has tried to publish again. */
const unpublished = async (from: Table = table): Promise<Job[]> => {
  const found: Job[] = [];
  for await (const page of unpublishedJobs(from, 'first', clock.now(), 10)) found.push(...page);
  return found;
};

it('publishes the end of a job whose record takes no mark that it was counted', async () => {
  const queued = await enqueue(lane, { batchId: 'batch', line: 1 });
  const job = (await endJob(table, queued, ['queued'], { to: 'succeeded', outputs })) as Job;
  await putLargest(table, await itemOf(table, job));
  await publishEnded(outbox, job);
  expect(events).toHaveLength(1);
  expect(warnings).toEqual(['The end of a job could not be counted in its batch.']);
  expect(await itemOf(table, job)).not.toHaveProperty('unpublished');
});

it('says what the job came to as documented, with keys and lasting addresses and without the prompt', async () => {
  const job = await ended('{"prompt":"a private wish"}');
  await publishEnded(outbox, job);
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    source: 'firefly-gateway',
    'detail-type': 'Job Ended',
    detail: { jobId: job.jobId, caller: 'alice', operation: 'images/generate', status: 'succeeded' },
  });
  const detail = z.strictObject(jobEnded().shape).parse(events[0]?.detail);
  expect(detail.outputs).toEqual([{ ...outputs[0], url: `https://gateway.test/jobs/${job.jobId}/outputs/0` }]);
  expect(JSON.stringify(events)).not.toContain('private wish');
});

it('finds ends that were not published, and none that were', async () => {
  const [published, forgotten] = [await ended(), await ended()];
  await publishEnded(outbox, published);
  expect(await unpublished()).toEqual([]);
  clock.advance(1);
  expect((await unpublished()).map(({ jobId }) => jobId)).toEqual([forgotten.jobId]);
});

it('records what a job cost once, by its operation and not by its caller', async () => {
  const queued = await enqueue(lane, { cost: { estimated: 2_000, outputs: 2 } });
  const changes = { to: 'partially_succeeded', outputs, requested: 2, received: 1 } as const;
  const job = (await endJob(table, queued, ['queued'], changes)) as Job;
  await publishEnded(outbox, job);
  await publishEnded(outbox, job);
  expect(metrics).toEqual([['Operations', 1, { operation: 'images/generate' }]]);
});

it('keeps the mark when EventBridge refuses the event', async () => {
  const job = await ended();
  const refusing: EventBus = {
    ...bus,
    eventBridge: { send: async () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] }) } as never,
  };
  await expect(publishEnded({ ...outbox, bus: refusing }, job)).rejects.toThrow(EventNotPublishedError);
  clock.advance(1);
  expect(await unpublished()).toHaveLength(1);
});

it('does not bring a job back that was erased meanwhile', async () => {
  const job = await ended();
  await publishEnded(outbox, job);
  expect(await deleteJob(table, job.jobId)).toBe(true);
  // A dispatch that found the mark before publishes it once more.
  await publishEnded(outbox, job);
  expect((await allItems(table)).filter(({ sk }) => sk === 'job')).toEqual([]);
});

it('comes before the erasing: nobody would know of the end otherwise', async () => {
  const job = await ended();
  expect(await deleteJob(table, job.jobId)).toBe(false);
  await publishEnded(outbox, job);
  expect(await deleteJob(table, job.jobId)).toBe(true);
});

it('has no mark on a job that goes on', async () => {
  const job = await enqueue(lane);
  await transition(table, job, { from: ['queued'], to: 'running', order: new Date(clock.now()).toISOString() });
  clock.advance(60_000);
  expect(await unpublished()).toEqual([]);
});

it('can be tried: a failure is logged, and the mark stays for dispatch', async () => {
  const job = await ended();
  const refusing: EventBus = { ...bus, eventBridge: { send: () => Promise.reject(new Error('no answer')) } as never };
  expect(await tryPublishEnded({ ...outbox, bus: refusing }, job)).toBe(false);
  expect(warnings).toHaveLength(1);
  clock.advance(1);
  expect(await unpublished()).toHaveLength(1);
  expect(await tryPublishEnded(outbox, job)).toBe(true);
  expect(await unpublished()).toEqual([]);
});

it('leaves out an end that cannot be read, reports its key, and does not meet it again', async () => {
  const [broken, whole] = [await ended(), await ended()];
  await updateItem(table, jobKey(broken.jobId), { set: { priority: 'none' } });
  clock.advance(1);
  const unreadable: UnreadableItemError[] = [];
  const reporting = { ...table, onUnreadable: (error: UnreadableItemError) => void unreadable.push(error) };
  await expect(unpublished()).rejects.toThrow(UnreadableItemError);
  expect((await unpublished(reporting)).map(({ jobId }) => jobId)).toEqual([whole.jobId]);
  expect(unreadable).toMatchObject([{ key: jobKey(broken.jobId), attributes: ['priority'], code: 'unreadable_item' }]);
  expect((await unpublished()).map(({ jobId }) => jobId)).toEqual([whole.jobId]);
});
