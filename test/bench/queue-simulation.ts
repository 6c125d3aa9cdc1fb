import { assignTurns } from '#functions/dispatch/assign-turns.ts';
import type { StartTurn } from '#functions/dispatch/context.ts';
import { recoverJobs } from '#functions/dispatch/recover-jobs.ts';
import type { Job } from '#shared/jobs/job.ts';
import { pauseLane } from '#shared/jobs/lanes/pauses.ts';
import { passFence, requeue } from '#shared/jobs/lanes/turn.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { allItems, startTestDynamoDb } from '#test/fixtures/job-table.ts';
import { createLane, dispatchContext, enqueue, perMinute } from '#test/fixtures/queue.ts';
import { createRandom } from '#test/fixtures/random.ts';
import { createSlidingWindow } from '#test/fixtures/sliding-window.ts';
import { createTimeline } from '#test/fixtures/timeline.ts';

/** What to simulate. */
export interface QueueSimulation {
  jobs: number;
  requestsPerMinute: number;
  /** A request arrives at Adobe up to this much after its submit time, at random: cold start, rounding, network. */
  latenessMs: number;
  seed: number;
}

/** How the queue did. */
export interface QueueSimulationResult {
  permitsUsed: number;
  /** What Adobe would have allowed from the first request to the last: N at once and N for each 60 s after that. */
  permitsPossible: number;
  /** Answers of 429. */
  rateLimited: number;
  /** Jobs that did not end as succeeded. */
  lost: number;
  /** Jobs that Adobe accepted more than once. */
  doubled: number;
  /** Most requests that arrived in any 60 s. */
  mostInWindow: number;
  simulatedMinutes: number;
}

const minuteMs = 60_000;

/**
 * Sends jobs through the real queue, permits and fence over a real table, on an injected clock and against a strict model
 * of Adobe's limit. The durable execution is reduced to what matters here: wait, fence, submit.
 */
export const simulateQueue = async (simulation: QueueSimulation): Promise<QueueSimulationResult> => {
  const { jobs, requestsPerMinute, latenessMs, seed } = simulation;
  const random = createRandom(seed);
  const { clock, at, run } = createTimeline();
  const adobe = createSlidingWindow(requestsPerMinute);
  const accepted = new Map<string, number>();
  const dynamoDb = await startTestDynamoDb();
  const table = await dynamoDb.table(clock);
  const lane = createLane(table, perMinute(requestsPerMinute));
  const arrive = async (job: Job): Promise<void> => {
    if (adobe.arrive(clock.now())) {
      accepted.set(job.jobId, (accepted.get(job.jobId) ?? 0) + 1);
      await endJob(table, job, ['submitting'], { to: 'succeeded' });
      return;
    }
    await pauseLane(lane, { until: clock.now() + minuteMs, reason: 'rate_limited', level: 0 });
    await requeue(table, job, { sent: true });
    at(clock.now(), dispatch);
  };

  const startTurn: StartTurn = async (turn) => {
    const { submitAt = 0 } = turn as Job;
    const lateness = random() * latenessMs;
    const asleep = random() * lateness;
    at(submitAt + asleep, async () => {
      const verdict = await passFence(lane, turn);
      if (verdict.kind === 'passed') {
        at(submitAt + lateness, () => arrive(verdict.job));
      } else if (verdict.kind === 'give_up') {
        await requeue(table, verdict.job, { sent: false });
        at(clock.now(), dispatch);
      }
    });
  };

  const dispatch = async (): Promise<void> => {
    const context = dispatchContext(lane, { startTurn, random });
    await recoverJobs(context);
    await assignTurns(context, lane);
  };

  const everyMinute = async (): Promise<void> => {
    await dispatch();
    if (accepted.size < jobs) at(clock.now() + minuteMs, everyMinute);
  };

  const begin = clock.now();
  for (let index = 0; index < jobs; index += 1) await enqueue(lane, { caller: `caller-${index % 3}` });
  at(begin, everyMinute);
  await run(begin + (10 + (3 * jobs) / requestsPerMinute) * minuteMs);

  const states = (await allItems(table)).filter(({ sk }) => sk === 'job').map(({ state }) => state);
  await dynamoDb.close();
  const [first = 0, last = first] = [adobe.arrivals[0], adobe.arrivals.at(-1)];
  const permitsPossible = requestsPerMinute * ((last - first) / minuteMs + 1);
  return {
    permitsUsed: adobe.arrivals.length,
    permitsPossible,
    rateLimited: adobe.refused,
    lost: jobs - states.filter((state) => state === 'succeeded').length,
    doubled: [...accepted.values()].filter((times) => times > 1).length,
    mostInWindow: adobe.most,
    simulatedMinutes: Math.round((last - first) / minuteMs),
  };
};
