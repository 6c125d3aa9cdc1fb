import { assignTurns } from '#functions/dispatch/assign-turns.ts';
import type { StartTurn } from '#functions/dispatch/context.ts';
import type { Job } from '#shared/jobs/job.ts';
import { settlePermits } from '#shared/jobs/lanes/permits.ts';
import { headOfQueue } from '#shared/jobs/lanes/queue.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { type Priority, priorities } from '#shared/priority.ts';
import { startTestDynamoDb } from '#test/fixtures/job-table.ts';
import { createLane, dispatchContext, enqueue, enqueueMany, perMinute } from '#test/fixtures/queue.ts';
import { createTimeline } from '#test/fixtures/timeline.ts';

/** Jobs of one caller at one priority that come in at once. */
export interface Arrival {
  caller: string;
  priority: Priority;
  jobs: number;
  /** Simulated minutes after the start. */
  minute: number;
}

/** A turn, in the order in which they were given. */
export interface GivenTurn {
  caller: string;
  priority: Priority;
  /** Minutes from the arrival of the job until it may be submitted. */
  waitMinutes: number;
  /** Minutes from the start until the permit was given. */
  givenAt: number;
  /** Whether jobs of a higher priority were left waiting. */
  passedOver: boolean;
}

const minuteMs = 60_000;

/**
 * Has jobs of several callers wait their turns in the real queue, under the real permits, on an injected clock. A job ends
 * when it could be submitted. It goes on until only jobs of low priority are left.
 *
 * @returns every turn that was given
 */
export const simulateFairness = async (
  arrivals: readonly Arrival[],
  requestsPerMinute: number,
): Promise<GivenTurn[]> => {
  const { clock, at, run } = createTimeline();
  const dynamoDb = await startTestDynamoDb();
  const table = await dynamoDb.table(clock);
  const lane = createLane(table, perMinute(requestsPerMinute));
  const begin = clock.now();
  const minutes = (time: number): number => (time - begin) / minuteMs;
  const turns: GivenTurn[] = [];
  let urgent = arrivals.filter(({ priority }) => priority !== 'low').reduce((sum, { jobs }) => sum + jobs, 0);
  let expected = arrivals.length;

  const startTurn: StartTurn = async (turn) => {
    const { caller, priority, createdAt, submitAt = 0 } = turn as Job;
    const higher = priorities.slice(0, priorities.indexOf(priority));
    const waiting = await Promise.all(higher.map((each) => headOfQueue(lane, each, 1)));
    if (priority !== 'low') urgent -= 1;
    turns.push({
      caller,
      priority,
      waitMinutes: (submitAt - Date.parse(createdAt)) / minuteMs,
      givenAt: minutes(clock.now()),
      passedOver: waiting.some(({ length }) => length > 0),
    });
    at(submitAt, async () => {
      // Answered at once, so that its permit comes free one window later.
      await settlePermits(lane, (turn as Job).permits ?? [], clock.now());
      await endJob(table, turn as Job, ['scheduled'], { to: 'succeeded' });
    });
  };
  const dispatch = async (): Promise<void> => {
    await assignTurns(dispatchContext(lane, { startTurn }), lane);
  };
  const everyMinute = async (): Promise<void> => {
    await dispatch();
    if (urgent > 0 || expected > 0) at(clock.now() + minuteMs, everyMinute);
  };

  for (const { caller, priority, jobs, minute } of arrivals) {
    at(begin + minute * minuteMs, async () => {
      expected -= 1;
      if (jobs === 1) await enqueue(lane, { caller, priority });
      else await enqueueMany(lane, jobs, { caller, priority });
      await dispatch();
    });
  }
  at(begin, everyMinute);
  await run(begin + 7 * 24 * 60 * minuteMs);
  await dynamoDb.close();
  return turns;
};

/** Median and longest of some waits, in minutes. */
export const waitsOf = (turns: readonly GivenTurn[], caller: string): { p50: number; max: number; jobs: number } => {
  const waits = turns
    .filter((turn) => turn.caller === caller)
    .map(({ waitMinutes }) => waitMinutes)
    .sort((a, b) => a - b);
  return { p50: waits[Math.floor(waits.length / 2)] ?? 0, max: waits.at(-1) ?? 0, jobs: waits.length };
};

/** A batch of 10,000, a team with 100 jobs, five urgent ones, and single jobs of others that come in between. */
export const busyDay: readonly Arrival[] = [
  { caller: 'batch', priority: 'low', jobs: 10_000, minute: 0 },
  { caller: 'team', priority: 'normal', jobs: 100, minute: 0 },
  { caller: 'editor', priority: 'high', jobs: 5, minute: 5 },
  { caller: 'visitor', priority: 'normal', jobs: 1, minute: 10 },
  { caller: 'second batch', priority: 'low', jobs: 1, minute: 12 },
];
