import type { StartTurn } from '#functions/dispatch/context.ts';
import { dispatch } from '#functions/dispatch/dispatch.ts';
import type { Job, Turn } from '#shared/jobs/job.ts';
import type { LaneLimits } from '#shared/jobs/lanes/lane.ts';
import { pauseLane } from '#shared/jobs/lanes/pauses.ts';
import { settlePermits } from '#shared/jobs/lanes/permits.ts';
import { passFence, requeue } from '#shared/jobs/lanes/turn.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { allItems, startTestDynamoDb } from '#test/fixtures/job-table.ts';
import { adobeLimits, createLane, dispatchContext, enqueueMany } from '#test/fixtures/queue.ts';
import { createRandom } from '#test/fixtures/random.ts';
import { createSlidingWindows } from '#test/fixtures/sliding-window.ts';
import { createTimeline } from '#test/fixtures/timeline.ts';

/** What to simulate. */
export interface QueueSimulation {
  jobs: number;
  windows: LaneLimits['windows'];
  /** An execution comes to the fence up to this much after its submit time, at random: cold start, rounding. */
  latenessMs: number;
  /** From the fence to the answer at most, at random; the request arrives at any time in between. */
  networkMs: number;
  seed: number;
}

/** How the queue did. */
export interface QueueSimulationResult {
  /** Requests sent, as a share of what the soft rate allows from the first to the last: N at once and N for each window. */
  utilization: number;
  /** Answers of 429. */
  rateLimited: number;
  /** Jobs that did not end as succeeded. */
  lost: number;
  /** Jobs that Adobe accepted more than once. */
  doubled: number;
  /** Most requests that arrived in any span of each window. */
  mostInWindow: readonly number[];
  /** Turns that ended without a submit. */
  turnsGivenUp: number;
  simulatedMinutes: number;
}

const minuteMs = 60_000;

/**
 * Sends jobs through the real queue, permits, slots and fence over a real table, on an injected clock and against a strict
 * model of Adobe's limits. The durable execution is reduced to what matters here: wait, fence, submit.
 */
export const simulateQueue = async (simulation: QueueSimulation): Promise<QueueSimulationResult> => {
  const { jobs, windows, latenessMs, networkMs, seed } = simulation;
  const random = createRandom(seed);
  const { clock, at, sleep, run } = createTimeline();
  const adobe = createSlidingWindows(windows);
  const accepted = new Map<string, number>();
  const dynamoDb = await startTestDynamoDb();
  const lane = createLane(await dynamoDb.table(clock), { ...adobeLimits, requestsPerDay: undefined, windows });
  const { table } = lane;
  let turnsGivenUp = 0;

  const submit = async (turn: Turn): Promise<void> => {
    const verdict = await passFence(lane, turn, sleep);
    if (verdict.kind === 'give_up') {
      turnsGivenUp += 1;
      await requeue(table, verdict.job, { sent: false });
      return runDispatch();
    }
    if (verdict.kind !== 'passed') return;
    const roundTripMs = random() * networkMs;
    const onTheWayMs = random() * roundTripMs;
    await sleep(onTheWayMs);
    const isAccepted = adobe.arrive(clock.now());
    await sleep(roundTripMs - onTheWayMs);
    await handleAnswer(verdict.job, isAccepted);
    await settlePermits(lane, verdict.permits, clock.now());
  };

  const handleAnswer = async (job: Job, isAccepted: boolean): Promise<void> => {
    if (isAccepted) {
      accepted.set(job.jobId, (accepted.get(job.jobId) ?? 0) + 1);
      await endJob(table, job, ['submitting'], { to: 'succeeded' });
      return;
    }
    await pauseLane(lane, { until: clock.now() + minuteMs, reason: 'rate_limited', level: 0 });
    await requeue(table, job, { sent: true });
  };

  const startTurn: StartTurn = async (turn) => {
    const { submitAt = 0 } = turn as Job;
    at(submitAt + random() * latenessMs, () => submit(turn));
  };
  const context = dispatchContext(lane, { startTurn, random });
  const runDispatch = async (): Promise<void> => {
    await dispatch(context);
  };
  const everyMinute = async (): Promise<void> => {
    await runDispatch();
    if (accepted.size < jobs) at(clock.now() + minuteMs, everyMinute);
  };

  const begin = clock.now();
  for (let caller = 0; caller < 3; caller += 1) {
    await enqueueMany(lane, Math.floor((jobs + caller) / 3), { caller: `caller-${caller}` });
  }
  at(begin, everyMinute);
  const slowestRate = Math.min(...windows.map(({ seconds, hard, soft = hard }) => soft / (seconds * 1000)));
  await run(begin + 10 * minuteMs + (3 * jobs) / slowestRate);

  const states = (await allItems(table)).filter(({ sk }) => sk === 'job').map(({ state }) => state);
  await dynamoDb.close();
  const [first = 0, last = first] = [adobe.arrivals[0], adobe.arrivals.at(-1)];
  const possible = windows.map(({ seconds, hard, soft = hard }) => soft * ((last - first) / (seconds * 1000) + 1));
  return {
    utilization: adobe.arrivals.length / Math.min(...possible),
    rateLimited: adobe.refused,
    lost: jobs - states.filter((state) => state === 'succeeded').length,
    doubled: [...accepted.values()].filter((times) => times > 1).length,
    mostInWindow: adobe.most,
    turnsGivenUp,
    simulatedMinutes: Math.round((last - first) / minuteMs),
  };
};
