import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assignTurns } from '#functions/dispatch/assign-turns.ts';
import { type DispatchContext, type StartTurn, turnExecutionName } from '#functions/dispatch/context.ts';
import { type Table, updateItem } from '#shared/aws/table.ts';
import type { Job, Turn } from '#shared/jobs/job.ts';
import { jobKey } from '#shared/jobs/job-store.ts';
import { cancelJob } from '#shared/jobs/lanes/cancel.ts';
import { countSubmit } from '#shared/jobs/lanes/daily-count.ts';
import { type Lane, maxUnansweredMs } from '#shared/jobs/lanes/lane.ts';
import { pauseByOperator, pauseLane, resumeByOperator } from '#shared/jobs/lanes/pauses.ts';
import { countUnits } from '#test/fixtures/capacity.ts';
import { readJob, startTestDynamoDb, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import { loseAnswers } from '#test/fixtures/lost-answers.ts';
import { createManualClock, type ManualClock, noon } from '#test/fixtures/manual-clock.ts';
import { type Observed, observe } from '#test/fixtures/observed.ts';
import {
  adobeLimits,
  createLane,
  dispatchContext,
  enqueue,
  heldMs,
  onlyLane,
  readPermits,
  takePermit,
} from '#test/fixtures/queue.ts';

let dynamoDb: TestDynamoDb;
let clock: ManualClock;
let table: Table;
let lane: Lane;
let observed: Observed;
let started: { turn: Turn; name: string }[];
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
afterAll(() => dynamoDb.close());
beforeEach(async () => {
  clock = createManualClock();
  table = await dynamoDb.table(clock);
  lane = createLane(table);
  observed = observe();
  started = [];
});

const startTurn: StartTurn = async ({ jobId, turn }, name) => {
  started.push({ turn: { jobId, turn }, name });
};

const dispatch = (more: Partial<DispatchContext> = {}, on = lane) =>
  assignTurns(dispatchContext(on, { startTurn, ...observed, ...more }), on);

const queueMany = async (count: number, fields: Parameters<typeof enqueue>[1] = {}): Promise<Job[]> => {
  const jobs: Job[] = [];
  for (let index = 0; index < count; index += 1) jobs.push(await enqueue(lane, fields));
  return jobs;
};

const startedIds = () => started.map(({ turn }) => turn.jobId);
const freeAts = async () => (await readPermits(lane)).map(({ freeAt }) => freeAt);

it('asks a lane without jobs once, whatever its permits', async () => {
  const { own, calls } = countUnits(dynamoDb, table);
  expect(await dispatch({}, createLane(own))).toBe(0);
  expect(calls()).toBe(1);
});

it('gives the only job that waits its turn in eight calls: three look, and five write or read for this job', async () => {
  await queueMany(1);
  const { own, calls } = countUnits(dynamoDb, table);
  expect(await dispatch({}, createLane(own))).toBe(1);
  expect(calls()).toBe(8);
});

it('serves a queue that one read does not tell by its priorities', async () => {
  await queueMany(40, { priority: 'low' });
  await queueMany(1, { priority: 'normal' });
  const [high] = await queueMany(1, { priority: 'high' });
  expect(await dispatch()).toBe(4);
  const served = await Promise.all(started.map(({ turn }) => readJob(table, turn)));
  expect(served[0]?.jobId).toBe(high?.jobId);
  expect(served.map(({ priority }) => priority).toSorted()).toEqual(['high', 'low', 'low', 'normal']);
});

describe('free permits', () => {
  it('go to the heads of the queue, which start at once, each under a name of its turn', async () => {
    const jobs = await queueMany(6);
    expect(await dispatch()).toBe(4);
    expect(startedIds()).toEqual(jobs.slice(0, 4).map(({ jobId }) => jobId));
    for (const { turn, name } of started) {
      expect(name).toBe(turnExecutionName(turn));
      expect(name).toMatch(/^[a-zA-Z0-9-_]{1,64}$/);
      expect(await readJob(table, turn)).toMatchObject({ state: 'scheduled', turn: 1, submitAt: noon });
    }
    const permits = await Promise.all(
      started.map(async ({ turn }) => (await readJob(table, turn)).permits?.[0]?.index),
    );
    expect(permits.toSorted()).toEqual([0, 1, 2, 3]);
  });

  it('are only those of the next 60 s, each for the time at which it comes free', async () => {
    const frees = [noon + 20_000, noon + 60_000, noon + 60_001, noon - 5_000];
    for (const [index, freeAt] of frees.entries()) {
      // Nothing is heard of the submits under them.
      await takePermit(lane, index, freeAt - heldMs - maxUnansweredMs);
    }
    await queueMany(6);
    expect(await dispatch()).toBe(3);
    const submitAts = await Promise.all(started.map(async ({ turn }) => (await readJob(table, turn)).submitAt));
    expect(submitAts).toEqual([noon, noon + 20_000, noon + 60_000]);
  });

  it('stay free when nobody waits', async () => {
    expect(await dispatch()).toBe(0);
    await queueMany(1);
    expect(await dispatch()).toBe(1);
    expect((await freeAts()).filter((freeAt) => freeAt > noon)).toHaveLength(1);
  });

  it('are taken in another order by another dispatcher, so that they do not get in each other’s way', async () => {
    await queueMany(1);
    await dispatch({ random: () => 0.6 });
    expect((await readJob(table, { jobId: startedIds()[0] as string })).permits).toMatchObject([{ index: 2 }]);
  });

  it('come back when the job was cancelled under the hands of the dispatcher', async () => {
    const [job] = await queueMany(1);
    const { own, client } = dynamoDb.reconnect(table);
    // The number of the turn is drawn after the queue was read and the permit was claimed.
    client.middlewareStack.add(
      (next) => async (args) => {
        if (JSON.stringify(args.input).includes('ADD #turns')) await cancelJob(table, job as Job);
        return next(args);
      },
      { step: 'initialize' },
    );
    expect(await dispatch({}, createLane(own))).toBe(0);
    expect((await freeAts()).filter((freeAt) => freeAt > noon + 1)).toEqual([]);
  });
});

describe('many dispatchers at once', () => {
  it('give no permit and no job away twice', async () => {
    await queueMany(10);
    const counts = await Promise.all(Array.from({ length: 6 }, () => dispatch()));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(started.length);
    expect(started.length).toBeLessThanOrEqual(4);
    expect(new Set(startedIds()).size).toBe(started.length);
    const permits = await Promise.all(
      started.map(async ({ turn }) => (await readJob(table, turn)).permits?.[0]?.index),
    );
    expect(new Set(permits).size).toBe(started.length);
    await dispatch();
    expect(started).toHaveLength(4);
  });

  it('and lost answers neither', async () => {
    const { own, client } = dynamoDb.reconnect(table);
    await queueMany(6);
    const lost = loseAnswers(client, { times: 2, matches: ({ input }) => JSON.stringify(input).includes('scheduled') });
    expect(await dispatch({}, createLane(own))).toBe(4);
    expect(lost()).toBe(2);
    const jobs = await Promise.all(startedIds().map((jobId) => readJob(table, { jobId })));
    expect(new Set(jobs.map(({ permits }) => permits?.[0]?.index)).size).toBe(4);
    expect(new Set(startedIds()).size).toBe(4);
  });
});

describe('a pause', () => {
  it('delays what can start within its last minute', async () => {
    await queueMany(2);
    await pauseLane(lane, { until: noon + 90_000, reason: 'rate_limited', level: 0 });
    expect(await dispatch()).toBe(0);
    clock.advance(40_000);
    expect(await dispatch()).toBe(2);
    expect((await readJob(table, { jobId: startedIds()[0] as string })).submitAt).toBe(noon + 90_000);
  });

  it('of an operator gives no permit to anybody until it is ended', async () => {
    await queueMany(2);
    await pauseByOperator(table, { by: 'ops' });
    clock.advance(7 * 86_400_000);
    expect(await dispatch()).toBe(0);
    expect(await freeAts()).toEqual([0, 0, 0, 0]);
    await resumeByOperator(table, onlyLane(lane));
    expect(await dispatch()).toBe(2);
  });

  it('of an operator keeps the one trial after a refusal for later', async () => {
    await queueMany(2);
    await pauseLane(lane, { until: noon, reason: 'quota_exhausted', level: 1 });
    await pauseByOperator(table, { by: 'ops' });
    expect(await dispatch()).toBe(0);
    await resumeByOperator(table, onlyLane(lane));
    expect(await dispatch()).toBe(1);
  });

  it('after a refusal tries a job that was not refused itself, if there is one', async () => {
    const [refused, other] = [await enqueue(lane), await enqueue(lane)];
    await updateItem(table, jobKey(refused.jobId), { set: { accessRefusals: { all: 2, open: 1 } } });
    await pauseLane(lane, { until: noon, reason: 'access_refused', level: 2 });
    expect(await dispatch()).toBe(1);
    expect(startedIds()).toEqual([other.jobId]);
  });

  it('after a refusal lets one job try, then waits for its outcome', async () => {
    await queueMany(8);
    await pauseLane(lane, { until: noon + 60_000, reason: 'quota_exhausted', level: 1 });
    expect(await dispatch()).toBe(0);
    clock.advance(60_000);
    expect(await dispatch()).toBe(1);
    clock.advance(60_000);
    expect(await dispatch()).toBe(0);
    clock.advance(66_000);
    expect(await dispatch()).toBe(1);
  });
});

describe('the day’s limit', () => {
  it('leaves only what is left of it', async () => {
    const day = createLane(table, { ...adobeLimits, requestsPerDay: 3 });
    await queueMany(6);
    await countSubmit(day);
    expect(await dispatch({}, day)).toBe(2);
    await Promise.all([countSubmit(day), countSubmit(day)]);
    clock.advance(heldMs);
    expect(await dispatch({}, day)).toBe(0);
    clock.advance(86_400_000);
    expect(await dispatch({}, day)).toBe(3);
  });
});

describe('an execution that cannot be started', () => {
  it('leaves its job scheduled for the next dispatch to find, and the others are started', async () => {
    const [first] = await queueMany(3);
    const failing: StartTurn = async (turn, name) => {
      if (turn.jobId === first?.jobId) throw new Error('Too many requests');
      await startTurn(turn, name);
    };
    expect(await dispatch({ startTurn: failing })).toBe(2);
    expect((await readJob(table, first as Job)).state).toBe('scheduled');
    expect(observed.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});
