import { setTimeout as pause } from 'node:timers/promises';
import Bottleneck from 'bottleneck';
import PQueue from 'p-queue';
import type { Fault } from '#local/simulator/faults/definitions.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '#local/simulator/simulator.ts';
import { startStack } from '#local/stack.ts';
import { jobEndedEvent } from '#shared/events/job-ended.ts';
import { bundledFunctions } from '#test/fixtures/bundled-functions.ts';
import { type Limit, submitCarefully } from './careful-submits.ts';
import { createSubmitLog, measureLane } from './lane-figures.ts';

/** Jobs that are all there at once, under a rate limit. */
export interface RateRun {
  jobs: number;
  requestsPerMinute: number;
  /** Whether some submits are answered with 503, and of others the connection is closed before or after Adobe's work. */
  fails: boolean;
}

/** How a run used its rate. */
export interface RateFigures {
  /** Of the permitted rate, from 0 to 1. */
  share: number;
  /** Most requests that arrived in any 60 s. */
  mostInWindow: number;
  requests: number;
  /** Jobs that Adobe did once more than it was asked to by the run's owner. */
  paidTwice: number;
  /** Jobs without an image. */
  withoutImage: number;
  /** CPU of the whole process for each job, servers and simulator included, in ms. */
  cpuMs: number;
  seconds: number;
}

const faultEvery = 15;
const maxMs = 900_000;

/** Each meets one submit: of five that fail, three are refused, and two are lost, one before and one after Adobe has done its work. */
const listFaults = ({ jobs }: RateRun): Fault[] => {
  const lost = (effect: 'none' | 'done') => ({ fault: 'drop', effect }) as const;
  const kinds = [
    { fault: 'unavailable' },
    lost('done'),
    { fault: 'unavailable' },
    lost('none'),
    { fault: 'unavailable' },
  ] as const;
  return Array.from({ length: Math.floor(jobs / faultEvery) }, (_, index) => ({
    ...(kinds[index % kinds.length] ?? kinds[0]),
    service: 'firefly',
    method: 'POST',
    skip: (index + 1) * faultEvery,
    times: 1,
  }));
};

const simulatorOptions = ({ requestsPerMinute }: RateRun): SimulatorOptions => ({
  requestsPerMinute,
  requestsPerDay: 1_000_000,
  pendingMs: 0,
  generationMs: 100,
  // Nothing is drawn.
  outputBytes: 4_096,
});

const measure = async (run: RateRun, simulator: Simulator, work: () => Promise<number>): Promise<RateFigures> => {
  if (run.fails) for (const fault of listFaults(run)) simulator.faults.add(fault);
  const log = createSubmitLog(simulator);
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  const withoutImage = await work();
  const { user, system } = process.cpuUsage(cpuStart);
  const submits = log.all();
  const { share, mostInWindow } = measureLane(submits, {
    paths: ['/v3/images/generate-async'],
    seconds: 60,
    hard: run.requestsPerMinute,
  });
  const done = simulator.jobs().map(({ request }) => String(request['prompt']));
  return {
    share,
    mostInWindow,
    requests: submits.length,
    paidTwice: done.length - new Set(done).size,
    withoutImage,
    cpuMs: (user + system) / 1000 / run.jobs,
    seconds: Math.round((performance.now() - start) / 1000),
  };
};

/** Sends the jobs through a whole embedded stack, whose schedules run as they always do. */
const runGateway = async (run: RateRun): Promise<RateFigures> => {
  const states: string[] = [];
  const stack = await startStack({
    settings: {
      requestsPerMinute: run.requestsPerMinute,
      requestsPerDay: 1_000_000,
      pollSeconds: 1,
      // Executions that wake early hold a sandbox until their submit time; an account of AWS has ten at least.
      generateConcurrency: 8,
      // The loops make none, and what the simulator serves is no picture.
      thumbnails: false,
    },
    simulator: simulatorOptions(run),
    handlers: await bundledFunctions(),
    onEvent: ({ 'detail-type': type, detail }) => {
      if (type === jobEndedEvent) states.push(String(detail['status']));
    },
  });
  try {
    const { simulator, description } = stack;
    if (simulator === undefined) throw new Error('The run needs the simulated Adobe.');
    return await measure(run, simulator, async () => {
      await acceptAll(`${description.gateway}/v3/images/generate-async`, run.jobs);
      const endsBy = performance.now() + maxMs;
      while (states.length < run.jobs) {
        if (performance.now() > endsBy) throw new Error(`Only ${states.length} of ${run.jobs} jobs have ended.`);
        await pause(500);
      }
      return states.filter((state) => state !== 'succeeded').length;
    });
  } finally {
    await stack.close();
  }
};

const clients = 4;

const acceptAll = async (url: string, jobs: number): Promise<void> => {
  let next = 0;
  const send = async (): Promise<void> => {
    while (next < jobs) {
      const body = JSON.stringify({ prompt: `picture ${next++}`, numVariations: 1 });
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      if (answer.status !== 202) throw new Error(`Expected 202, got ${answer.status}: ${await answer.text()}`);
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: clients }, send));
};

// What Adobe counts is arrivals: of 60 in exactly 60 s a late first and a swift last one would be too many.
const carefulMs = 61_000;

/** The limiters of careful teams; bottleneck knows no sliding window, so it spaces what it starts. */
const limiters = {
  'p-queue': (cap: number): Limit => {
    const queue = new PQueue({ interval: carefulMs, intervalCap: cap, strict: true });
    return (work) => queue.add(work);
  },
  bottleneck: (cap: number): Limit => {
    const limiter = new Bottleneck({ minTime: carefulMs / cap });
    return (work) => limiter.schedule(work);
  },
} as const satisfies Record<string, (cap: number) => Limit>;

/** Sends the jobs by the loop of a careful team, with a simulator of its own. */
const runLoop = async (run: RateRun, limiter: keyof typeof limiters): Promise<RateFigures> => {
  const simulator = await startSimulator(simulatorOptions(run));
  try {
    return await measure(run, simulator, () =>
      submitCarefully(simulator.url, {
        jobs: run.jobs,
        limit: limiters[limiter](run.requestsPerMinute),
        store: async () => {},
      }),
    );
  } finally {
    await simulator.close();
  }
};

/**
 * The gateway and the loops in one run, each against its own simulator.
 *
 * @param together all at the same time, so that what else the machine does meets them alike; else the gateway alone, after the loops
 */
export const compareRates = async (run: RateRun, { together }: { together: boolean }) => {
  const loops = Promise.all([runLoop(run, 'p-queue'), runLoop(run, 'bottleneck')]);
  if (!together) await loops;
  const [[pQueue, bottleneck], gateway] = await Promise.all([loops, runGateway(run)]);
  return { 'p-queue': pQueue, bottleneck, gateway };
};
