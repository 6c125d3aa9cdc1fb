import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import { type BusEvent, startEventBridge } from '#local/eventbridge.ts';
import type { Table } from '#shared/aws/table.ts';
import { jobEnded } from '#shared/events/job-ended.ts';
import { announce, type EventBus, EventNotPublishedError, unpublishedJobs } from '#shared/jobs/events.ts';
import type { Job } from '#shared/jobs/job.ts';
import { deleteJob } from '#shared/jobs/job-store.ts';
import { endJob, transition } from '#shared/jobs/transitions.ts';
import { allItems, queueJob, startTestDynamoDb, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import { createManualClock, type ManualClock } from '#test/fixtures/manual-clock.ts';

let dynamoDb: TestDynamoDb;
let server: Awaited<ReturnType<typeof startEventBridge>>;
let bus: EventBus;
const events: BusEvent[] = [];
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
  server = await startEventBridge({ onEvent: (event) => events.push(event) });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const eventBridge = new EventBridgeClient({ endpoint: server.url, region: 'us-east-1', credentials });
  bus = { eventBridge, eventBusName: 'gateway', gatewayUrl: 'https://gateway.test' };
});
afterAll(async () => {
  bus.eventBridge.destroy();
  await Promise.all([dynamoDb.close(), server.close()]);
});

let clock: ManualClock;
let table: Table;
beforeEach(async () => {
  events.length = 0;
  clock = createManualClock();
  table = await dynamoDb.table(clock);
});

const outputs = [{ bucket: 'b', key: 'outputs/1/0.jpg', sha256: 'ab', bytes: 3, contentType: 'image/jpeg', seed: 7 }];

const ended = async (request?: string): Promise<Job> => {
  const job = await queueJob(table, request === undefined ? {} : { request });
  return (await endJob(table, job, ['queued'], { to: 'succeeded', outputs })) as Job;
};

it('says what the job came to as documented, with keys and lasting addresses and without the prompt', async () => {
  const job = await ended('{"prompt":"a private wish"}');
  await announce(table, bus, job);
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    source: 'firefly-gateway',
    'detail-type': 'Job Ended',
    detail: { jobId: job.jobId, caller: 'alice', operation: 'images/generate', status: 'succeeded' },
  });
  const detail = z.strictObject(jobEnded.shape).parse(events[0]?.detail);
  expect(detail.outputs).toEqual([{ ...outputs[0], url: `https://gateway.test/jobs/${job.jobId}/outputs/0` }]);
  expect(JSON.stringify(events)).not.toContain('private wish');
});

it('finds ends that were not announced, and none that were', async () => {
  const [announced, forgotten] = [await ended(), await ended()];
  await announce(table, bus, announced);
  expect(await unpublishedJobs(table, clock.now(), 10)).toEqual([]);
  clock.advance(1);
  expect((await unpublishedJobs(table, clock.now(), 10)).map(({ jobId }) => jobId)).toEqual([forgotten.jobId]);
});

it('keeps the mark when EventBridge refuses the event', async () => {
  const job = await ended();
  const refusing: EventBus = {
    ...bus,
    eventBridge: { send: async () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] }) } as never,
  };
  await expect(announce(table, refusing, job)).rejects.toThrow(EventNotPublishedError);
  clock.advance(1);
  expect(await unpublishedJobs(table, clock.now(), 10)).toHaveLength(1);
});

it('does not bring a job back that was erased meanwhile', async () => {
  const job = await ended();
  await announce(table, bus, job);
  expect(await deleteJob(table, job.jobId)).toBe(true);
  // A dispatch that found the mark before announces it once more.
  await announce(table, bus, job);
  expect((await allItems(table)).filter(({ sk }) => sk === 'job')).toEqual([]);
});

it('comes before the erasing: nobody would know of the end otherwise', async () => {
  const job = await ended();
  expect(await deleteJob(table, job.jobId)).toBe(false);
  await announce(table, bus, job);
  expect(await deleteJob(table, job.jobId)).toBe(true);
});

it('has no mark on a job that goes on', async () => {
  const job = await queueJob(table);
  await transition(table, job, { from: ['queued'], to: 'running', order: new Date(clock.now()).toISOString() });
  clock.advance(60_000);
  expect(await unpublishedJobs(table, clock.now(), 10)).toEqual([]);
});
