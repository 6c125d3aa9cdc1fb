import fc from 'fast-check';
import { afterAll, beforeAll, expect } from 'vitest';
import { assignTurns } from '#functions/dispatch/assign-turns.ts';
import type { StartTurn } from '#functions/dispatch/context.ts';
import { recoverJobs } from '#functions/dispatch/recover-jobs.ts';
import type { RequestWindow } from '#shared/adobe/services/service.ts';
import { isFinal, type Job, type Turn } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { cancelJob } from '#shared/jobs/lanes/cancel.ts';
import { type Lane, type LaneLimits, maxClockSkewMs, maxStrayMs, maxUnansweredMs } from '#shared/jobs/lanes/lane.ts';
import { settlePermits } from '#shared/jobs/lanes/permits.ts';
import { passFence, requeue } from '#shared/jobs/lanes/turn.ts';
import { endJob, type JobEnd } from '#shared/jobs/transitions.ts';
import { readJob, startTestDynamoDb, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import { createLane, dispatchContext, enqueue } from '#test/fixtures/queue.ts';
import { createRandom } from '#test/fixtures/random.ts';
import { createSlidingWindows } from '#test/fixtures/sliding-window.ts';
import { createTimeline } from '#test/fixtures/timeline.ts';
import { AnswerLostError, CrashError, makeUnreliable, type Unreliability } from '#test/fixtures/unreliable-dynamodb.ts';

let dynamoDb: TestDynamoDb;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
afterAll(() => dynamoDb.close());

interface World {
  seed: number;
  jobs: number;
  windows: readonly RequestWindow[];
  /** From the fence to the arrival at Adobe at most, and again from there to the answer. */
  networkMs: number;
  /** How long after its submit time an execution wakes up, at most. */
  latenessMs: number;
  submitGraceMs: number;
  /** How far the clocks of two functions are apart, at most. */
  skewMs: number;
  /** Share of the executions that never start, and of those that die between the fence and the record of the answer. */
  deaths: number;
  /** Share of the submits whose connection ends without an answer, before or after their arrival. */
  losses: number;
  cancels: number;
  dispatchers: number;
  unreliability: Unreliability;
}

// Doubles would nearly all be next to 0.
const percent = (max: number) => fc.integer({ min: 0, max }).map((value) => value / 100);

const worlds: fc.Arbitrary<World> = fc.record({
  seed: fc.integer(),
  jobs: fc.integer({ min: 1, max: 10 }),
  windows: fc.oneof(
    fc.integer({ min: 2, max: 4 }).map((hard) => [{ seconds: 60, hard }]),
    fc.constant([{ seconds: 3, hard: 3, soft: 2 }]),
    fc.constant([
      { seconds: 60, hard: 6, soft: 5 },
      { seconds: 3, hard: 2 },
    ]),
  ),
  networkMs: fc.constantFrom(0, 1_000, 29_000),
  latenessMs: fc.constantFrom(0, 3_000, 4_000, 20_000, 70_000),
  submitGraceMs: fc.constantFrom(3_000, 30_000),
  skewMs: fc.constantFrom(0, maxClockSkewMs),
  deaths: percent(30),
  losses: percent(30),
  cancels: percent(30),
  dispatchers: fc.integer({ min: 1, max: 3 }),
  unreliability: fc.record({
    crashBefore: percent(3),
    crashAfter: percent(3),
    lostAnswer: percent(20),
    slow: percent(30),
    slowMs: fc.constantFrom(100, 1_000, 5_000),
  }),
});

/** Lets a flow die of a crash, and of nothing else. */
const orCrash = async (flow: Promise<unknown>): Promise<void> => {
  try {
    await flow;
  } catch (error) {
    if (!(error instanceof CrashError || error instanceof AnswerLostError)) throw error;
  }
};

const minuteMs = 60_000;

const unknownOutcome: JobEnd = {
  to: 'failed',
  error: { code: 'submit_outcome_unknown', message: 'Its answer was lost.' },
};

/** Runs a world for a while, then a reliable one until every job is over. */
const live = async (world: World) => {
  const random = createRandom(world.seed);
  const { clock, at, sleep, run } = createTimeline();
  const limits: LaneLimits = { windows: world.windows, submitGraceMs: world.submitGraceMs };
  const adobe = createSlidingWindows(limits.windows);
  const submits = new Map<string, number>();
  const reliable = await dynamoDb.table(clock);
  const { own: unreliable, client } = dynamoDb.reconnect(reliable);
  makeUnreliable(client, clock, random, world.unreliability);
  let table = unreliable;
  /** The lane as one invocation of a function sees it, by a clock of its own. */
  const openLane = (): Lane => {
    const aheadMs = Math.floor((random() - 0.5) * world.skewMs);
    return createLane({ ...table, clock: { now: () => clock.now() + aheadMs } }, limits);
  };
  let { deaths, losses } = world;
  const follow = async (turn: Turn): Promise<void> => {
    const lane = openLane();
    const verdict = await passFence(lane, turn, {}, sleep);
    if (verdict.kind === 'give_up') await requeue(lane.table, verdict.job, { sent: false });
    if (verdict.kind !== 'passed') return;
    submits.set(turn.jobId, (submits.get(turn.jobId) ?? 0) + 1);
    const { job, permits } = verdict;
    if (random() < deaths) {
      arriveWithin(maxUnansweredMs);
      // By which dispatch or a new invocation notices.
      if (random() < 0.5) at(clock.now() + random() * world.latenessMs, () => orCrash(afterDeath(job)));
      return;
    }
    if (random() < losses) {
      await sleep(random() * world.networkMs);
      arriveWithin(maxStrayMs);
      const lostAt = lane.table.clock.now();
      await endJob(lane.table, job, ['submitting'], unknownOutcome);
      await settlePermits(lane, permits, lostAt + maxStrayMs);
      return;
    }
    await sleep(random() * world.networkMs);
    adobe.arrive(clock.now());
    await sleep(random() * world.networkMs);
    const answeredAt = lane.table.clock.now();
    await endJob(lane.table, job, ['submitting'], { to: 'succeeded' });
    await settlePermits(lane, permits, answeredAt);
  };
  const arriveWithin = (ms: number): void =>
    at(clock.now() + random() * ms, async () => void adobe.arrive(clock.now()));
  const afterDeath = async ({ jobId, turn, permits = [], submitBy = 0 }: Job): Promise<void> => {
    const lane = openLane();
    const job = await getJob(lane.table, jobId);
    if (job?.turn !== turn || job.state !== 'submitting') return;
    const sentBy = Math.min(lane.table.clock.now(), submitBy);
    await endJob(lane.table, job, ['submitting'], unknownOutcome);
    await settlePermits(lane, permits, sentBy + maxUnansweredMs);
  };
  const startTurn: StartTurn = async (turn) => {
    if (random() < deaths) return;
    const { submitAt = 0 } = await readJob(reliable, turn);
    at(submitAt + Math.floor(random() * world.latenessMs), () => orCrash(follow(turn)));
  };
  const dispatch = async (): Promise<void> => {
    const lane = openLane();
    const context = dispatchContext(lane, { startTurn, random });
    await recoverJobs(context);
    await assignTurns(context, lane);
  };
  const cancelSome = async (ids: string[]): Promise<void> => {
    for (const jobId of ids) {
      const job = await getJob(table, jobId);
      if (job !== undefined && random() < world.cancels / 5) await cancelJob(table, job);
    }
  };

  const ids: string[] = [];
  for (let index = 0; index < world.jobs; index += 1) {
    ids.push((await enqueue(createLane(reliable), { caller: `caller-${index % 2}` })).jobId);
  }
  const begin = clock.now();
  const bumpyMs = 4 * minuteMs;
  for (let time = 0; time < bumpyMs; time += Math.ceil(random() * minuteMs)) {
    const flows = () => [...Array.from({ length: world.dispatchers }, dispatch), cancelSome(ids)];
    at(begin + time, async () => {
      await Promise.all(flows().map(orCrash));
    });
  }
  await run(begin + bumpyMs);

  table = reliable;
  [deaths, losses] = [0, 0];
  world = { ...world, latenessMs: 3_000 };
  const calmMs = (8 + Math.ceil((2 * world.jobs) / 2)) * minuteMs;
  for (let time = 0; time < calmMs; time += minuteMs) at(clock.now() + time, dispatch);
  await run(Number.POSITIVE_INFINITY);
  return { adobe, submits, jobs: await Promise.all(ids.map((jobId) => readJob(reliable, { jobId }))) };
};

/** Lives in worlds drawn at random, and counts what Adobe sees in each. */
export const expectLimitKept = (worldsToTry: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const { adobe, submits, jobs } = await live(world);
      for (const [index, { hard }] of world.windows.entries()) expect(adobe.most[index]).toBeLessThanOrEqual(hard);
      for (const job of jobs) {
        expect(isFinal(job.state)).toBe(true);
        expect(submits.get(job.jobId) ?? 0).toBeLessThanOrEqual(1);
        // Whatever was submitted and not recorded is told as such, and nothing else is.
        if (job.state === 'failed') expect(job.error?.code).toBe('submit_outcome_unknown');
        if (job.state === 'succeeded') expect(submits.get(job.jobId)).toBe(1);
      }
    }),
    { numRuns: worldsToTry },
  );
