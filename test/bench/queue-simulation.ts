import type { StartTurn } from '#functions/dispatch/context.ts';
import { dispatch } from '#functions/dispatch/dispatch.ts';
import { secondsUntilPlannedWake, secondsUntilWake, waitUntil } from '#functions/generate/submit-time.ts';
import type { Job, Turn } from '#shared/jobs/job.ts';
import type { LaneLimits } from '#shared/jobs/lanes/lane.ts';
import { pauseLane } from '#shared/jobs/lanes/pauses.ts';
import { settlePermits } from '#shared/jobs/lanes/permits.ts';
import { passFence, requeue } from '#shared/jobs/lanes/turn.ts';
import { toStartedTurn } from '#shared/jobs/started-turn.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { allItems, startTestDynamoDb } from '#test/fixtures/job-table.ts';
import { createLane, dispatchContext, enqueueMany } from '#test/fixtures/queue.ts';
import { createRandom } from '#test/fixtures/random.ts';
import { createSlidingWindows } from '#test/fixtures/sliding-window.ts';
import { createTimeline } from '#test/fixtures/timeline.ts';

/** How a simulation goes, whatever its lanes. */
interface Circumstances {
  /** An execution starts, and resumes, up to this much later than it should, at random. */
  latenessMs: number;
  /** Share of the starts and resumes that take some seconds more, for a new sandbox. */
  coldStarts?: number;
  /** From the fence to the answer at most, at random; the request arrives at any time in between. */
  networkMs: number;
  seed: number;
  /** Shares of what goes wrong; nothing by default. */
  faults?: {
    /** Executions that die before the fence, and begin anew some seconds later. */
    killed: number;
    /** Requests that Adobe refuses without doing anything, so that the job gets another turn. */
    unavailable: number;
    /** Answers that are lost: Adobe has taken the job, and it ends with an unknown outcome. */
    lostAnswers: number;
  };
}

/** What to simulate of one lane. */
export interface LaneSimulation {
  jobs: number;
  windows: LaneLimits['windows'];
}

/** A queue of one lane. */
export interface QueueSimulation extends LaneSimulation, Circumstances {}

/** How the queue did. */
export interface QueueSimulationResult {
  /** Requests sent, as a share of what the soft rate allows from the first to the last: N at once and N for each window. */
  utilization: number;
  /** The best such share of any beginning with four fifths of the requests: without the end, when few jobs are left to send. */
  sustained: number;
  /** Answers of 429. */
  rateLimited: number;
  /** Jobs without an end. */
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
const restartMs = 2_000;
const coldStartMs = [1_000, 4_000] as const;
// The default of a deployment.
const submitGraceMs = 30_000;
const noFaults = { killed: 0, unavailable: 0, lostAnswers: 0 };
const onlyLane = 'firefly';

/** Sends the jobs of one lane, as {@link simulateLanes} does. */
export const simulateQueue = async ({
  jobs,
  windows,
  ...circumstances
}: QueueSimulation): Promise<QueueSimulationResult> => {
  const { [onlyLane]: result } = await simulateLanes({ [onlyLane]: { jobs, windows } }, circumstances);
  if (result === undefined) throw new Error('The lane has no result.');
  return result;
};

/**
 * Sends jobs of several lanes at once through the real queue, permits, slots and fence over a real table, on an injected clock and
 * against a strict model of Adobe's limits. The durable execution is reduced to what matters here: start, wait, resume, fence, submit.
 */
export const simulateLanes = async (
  simulations: Readonly<Record<string, LaneSimulation>>,
  { latenessMs, coldStarts = 0, networkMs, seed, faults = noFaults }: Circumstances,
): Promise<Record<string, QueueSimulationResult>> => {
  const random = createRandom(seed);
  const { clock, at, sleep, run } = createTimeline();
  const dynamoDb = await startTestDynamoDb();
  const table = await dynamoDb.table(clock);
  const open = (name: string, { jobs, windows }: LaneSimulation) => {
    const lane = createLane(table, { windows, submitGraceMs }, name);
    return {
      lane,
      jobs,
      windows,
      adobe: createSlidingWindows(windows),
      accepted: new Map<string, number>(),
      givenUp: 0,
    };
  };
  const lanes = new Map(Object.entries(simulations).map(([name, each]) => [name, open(name, each)]));
  type OpenLane = ReturnType<typeof open>;

  const submit = async (own: OpenLane, turn: Turn): Promise<void> => {
    if (random() < faults.killed) return at(clock.now() + restartMs, () => submit(own, turn));
    const verdict = await passFence(own.lane, turn, {}, sleep);
    if (verdict.kind === 'give_up') {
      own.givenUp += 1;
      await requeue(table, verdict.job, { sent: false });
      return runDispatch();
    }
    if (verdict.kind !== 'passed') return;
    const roundTripMs = random() * networkMs;
    const onTheWayMs = random() * roundTripMs;
    await sleep(onTheWayMs);
    const isAccepted = own.adobe.arrive(clock.now());
    await sleep(roundTripMs - onTheWayMs);
    await handleAnswer(own, verdict.job, isAccepted);
    await settlePermits(own.lane, verdict.permits, clock.now());
  };

  const handleAnswer = async ({ lane, accepted }: OpenLane, job: Job, isAccepted: boolean): Promise<void> => {
    if (!isAccepted) {
      await pauseLane(lane, { until: clock.now() + minuteMs, reason: 'rate_limited', level: 0 });
      await requeue(table, job, { sent: true });
      return;
    }
    if (random() < faults.unavailable) {
      await requeue(table, job, { sent: true });
      return;
    }
    accepted.set(job.jobId, (accepted.get(job.jobId) ?? 0) + 1);
    const error = { code: 'submit_outcome_unknown', message: 'The answer was lost.' };
    const isLost = random() < faults.lostAnswers;
    await endJob(table, job, ['submitting'], isLost ? { to: 'failed', error } : { to: 'succeeded' });
  };

  const startTurn: StartTurn = async (turn) => {
    const { submit: planned } = toStartedTurn(turn);
    const own = lanes.get(turn.lane);
    if (own === undefined) throw new Error(`There is no lane ${turn.lane}.`);
    at(clock.now() + drawLateness(), async () => {
      const waking = { lanes: openLanes, table };
      const waitMs =
        1000 * (planned === undefined ? secondsUntilWake(waking, turn) : secondsUntilPlannedWake(waking, planned));
      if (waitMs > 0) await sleep(waitMs + drawLateness());
      await waitUntil({ table, sleep }, turn.submitAt ?? 0);
      await submit(own, turn);
    });
  };
  const [first] = lanes.values();
  if (first === undefined) throw new Error('There is no lane.');
  const openLanes = new Map([...lanes].map(([name, { lane }]) => [name, lane]));
  const drawLateness = (): number => {
    const [min, max] = coldStartMs;
    return random() * latenessMs + (random() < coldStarts ? min + random() * (max - min) : 0);
  };
  const context = dispatchContext(first.lane, {
    lanes: openLanes,
    startTurn,
    random,
  });
  const runDispatch = async (): Promise<void> => {
    await dispatch(context);
  };
  const everyMinute = async (): Promise<void> => {
    await runDispatch();
    if ([...lanes.values()].some(({ accepted, jobs }) => accepted.size < jobs)) at(clock.now() + minuteMs, everyMinute);
  };

  const begin = clock.now();
  for (const { lane, jobs } of lanes.values()) {
    for (let caller = 0; caller < 3; caller += 1) {
      await enqueueMany(lane, Math.floor((jobs + caller) / 3), { caller: `caller-${caller}` });
    }
  }
  at(begin, everyMinute);
  const longestMs = Math.max(...[...lanes.values()].map(({ jobs, windows }) => jobs / slowestRate(windows)));
  await run(begin + 10 * minuteMs + 3 * longestMs);

  const records = (await allItems(table)).filter(({ sk }) => sk === 'job');
  await dynamoDb.close();
  const results = [...lanes].map(([name, own]): [string, QueueSimulationResult] => {
    const { adobe, windows, jobs, accepted, givenUp } = own;
    const arrivals = adobe.arrivals.toSorted((a, b) => a - b);
    const [start = 0, end = start] = [arrivals[0], arrivals.at(-1)];
    const shares = arrivals.map((at, index) => (index + 1) / countPossible(windows, at - start));
    const isEnded = ({ lane, state }: Record<string, unknown>) =>
      lane === name && (state === 'succeeded' || state === 'failed');
    return [
      name,
      {
        utilization: shares.at(-1) ?? 0,
        sustained: Math.max(...shares.slice(Math.floor(shares.length * 0.8))),
        rateLimited: adobe.refused,
        lost: jobs - records.filter(isEnded).length,
        doubled: [...accepted.values()].filter((times) => times > 1).length,
        mostInWindow: adobe.most,
        turnsGivenUp: givenUp,
        simulatedMinutes: Math.round((end - start) / minuteMs),
      },
    ];
  });
  return Object.fromEntries(results);
};

/** How many requests the soft rates allow within so many ms. */
const countPossible = (windows: LaneSimulation['windows'], spanMs: number): number =>
  Math.min(...windows.map(({ seconds, hard, soft = hard }) => soft * (spanMs / (seconds * 1000) + 1)));

const slowestRate = (windows: LaneSimulation['windows']): number =>
  Math.min(...windows.map(({ seconds, hard, soft = hard }) => soft / (seconds * 1000)));
