import { v4 as uuid } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recoverEnds } from '#functions/dispatch/recover-ends.ts';
import { type Table, updateItem } from '#shared/aws/table.ts';
import { endBatch } from '#shared/batches/batch-progress.ts';
import { createBatch } from '#shared/batches/batch-store.ts';
import type { EventBus } from '#shared/events/publish.ts';
import type { Job } from '#shared/jobs/job.ts';
import { deleteJob, jobKey } from '#shared/jobs/job-store.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { createEventBus } from '#test/fixtures/event-bus.ts';
import { itemOf, startTestDynamoDb, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import { createManualClock, type ManualClock } from '#test/fixtures/manual-clock.ts';
import { type Observed, observe } from '#test/fixtures/observed.ts';
import { createLane, enqueue } from '#test/fixtures/queue.ts';

let dynamoDb: TestDynamoDb;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
afterAll(() => dynamoDb.close());

let clock: ManualClock;
let table: Table;
let lane: Lane;
let observed: Observed;
let published: string[];
let bus: EventBus;
beforeEach(async () => {
  clock = createManualClock();
  table = await dynamoDb.table(clock);
  lane = createLane(table);
  observed = observe();
  ({ bus, published } = createEventBus());
});

const ended = async (): Promise<Job> => {
  // Its record outlives the day for which its end is tried.
  const queued = await enqueue(lane, { retentionSeconds: 7 * 86_400 });
  const job = await endJob(table, queued, ['queued'], { to: 'cancelled' });
  clock.advance(1);
  return job as Job;
};

const recover = (kind: 'jobs' | 'batches' = 'jobs', on: EventBus = bus) =>
  recoverEnds({ table, bus: on, ...observed }, kind);

/** A bus that takes no event of these jobs. */
const refusing = (ids: string[], errorCode: string): EventBus => ({
  ...bus,
  eventBridge: {
    send: (command: { input: { Entries: { Detail: string }[] } }) =>
      ids.some((id) => command.input.Entries[0]?.Detail.includes(id))
        ? Promise.resolve({ FailedEntryCount: 1, Entries: [{ ErrorCode: errorCode }] })
        : bus.eventBridge.send(command as never),
  } as never,
});

describe('an end that was not published', () => {
  it('is published, but not while whoever ended the job is about to', async () => {
    const job = await endJob(table, await enqueue(lane), ['queued'], { to: 'cancelled' });
    clock.advance(30_000);
    expect(await recover()).toBe(0);
    clock.advance(1);
    expect(await recover()).toBe(1);
    expect(published).toEqual([job?.jobId]);
    expect(await recover()).toBe(0);
  });

  it('is published by a later run when EventBridge does not answer in this one, and for hours', async () => {
    const job = await ended();
    const silent: EventBus = { ...bus, eventBridge: { send: () => Promise.reject(new Error('no answer')) } as never };
    for (let run = 0; run < 60; run += 1) {
      clock.advance(20 * 60_000);
      expect(await recover('jobs', silent)).toBe(0);
    }
    expect(await recover()).toBe(1);
    expect(await itemOf(table, job)).not.toHaveProperty('publishFailures');
    expect(observed.metrics).toEqual([]);
  });

  it('of a batch is published as well', async () => {
    const batch = { batchId: uuid(), caller: 'team', priority: 'low', retentionSeconds: 60 } as const;
    await createBatch(table, batch, clock.now());
    await endBatch(table, { batchId: batch.batchId, run: 0 }, { from: ['reading'], to: 'refused' }, 60);
    clock.advance(30_001);
    expect(await recover('batches')).toBe(1);
    expect(published).toEqual([batch.batchId]);
  });

  it('of a job whose batch cannot be read is published', async () => {
    const batch = { batchId: uuid(), caller: 'team', priority: 'low', retentionSeconds: 60 } as const;
    await createBatch(table, batch, clock.now());
    await updateItem(table, { pk: `batch#${batch.batchId}`, sk: 'batch' }, { set: { warnings: 'none' } });
    const queued = await enqueue(lane, { batchId: batch.batchId, line: 1 });
    await endJob(table, queued, ['queued'], { to: 'cancelled' });
    clock.advance(30_001);
    expect(await recover()).toBe(1);
  });
});

describe('ends that can never be published', () => {
  it('do not stand in the way of others, however many they are, and are set aside with an alarm', async () => {
    const bad: string[] = [];
    for (let index = 0; index < 60; index += 1) bad.push((await ended()).jobId);
    const good = await ended();
    clock.advance(60_000);
    const picky = refusing(bad, 'MalformedDetail');
    expect(await recover('jobs', picky)).toBe(1);
    expect(published).toEqual([good.jobId]);
    for (let run = 0; run < 3; run += 1) await recover('jobs', picky);
    expect(observed.metrics).toEqual(bad.map(() => 'EndsSetAside'));
    for (const jobId of bad.slice(0, 3)) {
      expect(await itemOf(table, { jobId })).not.toHaveProperty('unpublished');
      expect(await deleteJob(table, jobId)).toBe(true);
    }
    const lines = observed.lines.length;
    await recover('jobs', picky);
    expect(observed.lines).toHaveLength(lines);
  });

  it('are set aside after a day where nothing says that they never can', async () => {
    const job = await ended();
    const broken = refusing([job.jobId], 'InternalFailure');
    for (let hour = 0; hour < 23; hour += 1) {
      clock.advance(3_600_000);
      await recover('jobs', broken);
    }
    expect(observed.metrics).toEqual([]);
    clock.advance(2 * 3_600_000);
    await recover('jobs', broken);
    expect(observed.metrics).toEqual(['EndsSetAside']);
  });

  it('as their record cannot be read are met once', async () => {
    const job = await ended();
    await updateItem(table, jobKey(job.jobId), { set: { priority: 'none' } });
    clock.advance(60_000);
    const unreadable: string[] = [];
    const reporting: Table = { ...table, onUnreadable: ({ key }) => void unreadable.push(key.pk) };
    for (let run = 0; run < 3; run += 1) await recoverEnds({ table: reporting, bus, ...observed }, 'jobs');
    expect(unreadable).toEqual([`job#${job.jobId}`]);
  });
});
