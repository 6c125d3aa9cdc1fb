import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '#local/simulator/faults/definitions.ts';
import { type Stack, startStack } from '#local/stack.ts';
import { stackNames } from '#local/stack-settings.ts';
import { jobEndedEvent } from '#shared/events/job-ended.ts';
import { finalStates } from '#shared/jobs/job.ts';
import { bundledFunctions } from '#test/fixtures/bundled-functions.ts';
import { createRandom } from '#test/fixtures/random.ts';
import { countSubmits, createSubmitLog, isOverLimit, type LaneFigures, measureLanes } from './lane-figures.ts';
import { fireflyLoad, type Load } from './load.ts';

/** What became of the jobs of a run with faults. */
export interface FaultRunResult {
  jobs: number;
  /** Jobs by the state they ended in; failed ones by their code. */
  ends: Record<string, number>;
  /** Jobs without a final state. */
  lost: number;
  /** Jobs that Adobe took more than once. */
  doubled: number;
  /** Most requests that reached Adobe for one attempt of a job. */
  mostSubmitsPerAttempt: number;
  submits: number;
  /** Requests that a limit of Adobe's refused. */
  overLimit: number;
  lanes: Record<string, LaneFigures>;
  faults: Record<string, number>;
  kills: number;
  seconds: number;
}

// A run of the schedule looks after what crashes left behind and measures each lane; it comes each minute otherwise.
const roundsOfSchedule = 5;

const callers = ['ads', 'shop', 'press'];

const maxMs = 3_600_000;
/** Trouble comes with every few jobs that end, however fast the machine is, and from time to time if none does. */
const jobsPerTrouble = 5;
const maxQuietMs = 10_000;
/** What trouble leaves behind must then come to its end by itself: the last jobs have none. */
const troubledShare = 0.7;

/** What goes wrong at a service, and how often against each other. */
const listFaults = (service: string): { weight: number; fault: Fault }[] => [
  { weight: 3, fault: { fault: 'rate_limited', seconds: 1, service, times: 5 } },
  { weight: 3, fault: { fault: 'server_error', service, times: 5 } },
  { weight: 2, fault: { fault: 'unavailable', service, times: 5 } },
  { weight: 2, fault: { fault: 'request_timeout', service, times: 3 } },
  { weight: 1, fault: { fault: 'bad_gateway', service, method: 'GET', times: 5 } },
  { weight: 1, fault: { fault: 'drop', effect: 'none', service, times: 2 } },
  { weight: 1, fault: { fault: 'drop', effect: 'done', service, times: 2 } },
  { weight: 1, fault: { fault: 'drop', effect: 'done', service: 'outputs', times: 3 } },
  { weight: 1, fault: { fault: 'latency', ms: 300, service, times: 20 } },
];

const spread = (services: readonly string[]): Fault[] =>
  services.flatMap(listFaults).flatMap(({ weight, fault }) => Array.from({ length: weight }, () => fault));

/**
 * Sends jobs of three callers through a whole stack while Adobe throttles, fails and hangs up, and functions are killed in
 * the middle of whatever they do, all at random.
 */
export const runWithFaults = async ({
  jobs,
  seed,
  load = fireflyLoad,
}: {
  jobs: number;
  seed: number;
  load?: Load;
}): Promise<FaultRunResult> => {
  const drawn = spread(['firefly', ...load.services]);
  const random = createRandom(seed);
  const faults: Record<string, number> = {};
  let kills = 0;
  const ended = new Set<unknown>();
  const stack = await startStack({
    services: load.services,
    settings: {
      requestsPerMinute: 1_000,
      requestsPerDay: 1_000_000,
      pollSeconds: 1,
      ...load.settings,
    },
    simulator: {
      requestsPerMinute: 1_000,
      requestsPerDay: 1_000_000,
      pendingMs: 0,
      generationMs: 100,
      outputBytes: 4_096,
      ...load.simulator,
    },
    handlers: await bundledFunctions(),
    schedules: false,
    onEvent: ({ 'detail-type': type, detail }) => {
      if (type === jobEndedEvent) ended.add(detail['jobId']);
    },
  });
  const { simulator, lambda } = stack;
  if (simulator === undefined) throw new Error('The run needs the simulated Adobe.');
  const start = performance.now();
  try {
    const accepted = new Set<string>();
    const submitLog = createSubmitLog(simulator);
    await load.prepare(stack.description, callers);
    const isOver = () => ended.size >= jobs || performance.now() - start > maxMs;
    const trouble = async () => {
      let [settled, troubledAt] = [0, performance.now()];
      while (ended.size < jobs * troubledShare && !isOver()) {
        await pause(250);
        const isDue = ended.size >= settled + jobsPerTrouble || performance.now() - troubledAt > maxQuietMs;
        if (!isDue) continue;
        [settled, troubledAt] = [ended.size, performance.now()];
        const fault = drawn[Math.floor(random() * drawn.length)] as Fault;
        simulator.faults.add(fault);
        faults[fault.fault] = (faults[fault.fault] ?? 0) + 1;
        kills += await killOne(stack, random);
      }
      simulator.faults.clear();
    };
    const dispatching = async () => {
      for (let round = 0; !isOver(); round += 1) {
        // A dispatch that was killed is repeated by the next round, as the schedule would.
        const scheduled = round % roundsOfSchedule === 0;
        await lambda.invoke(stackNames.functions.dispatch, { scheduled }).catch(() => undefined);
        submitLog.read();
        await pause(2_000);
      }
    };
    const sending = sendAll(stack, load, jobs, (jobId) => accepted.add(jobId));
    await Promise.all([sending, trouble(), dispatching()]);
    const ends = await collectEnds(stack, accepted);
    const submits = submitLog.all();
    const { byAttempt, takenByJob } = countSubmits(submits);
    return {
      jobs,
      ends,
      lost: jobs - Object.values(ends).reduce((sum, count) => sum + count, 0),
      doubled: [...takenByJob.values()].filter((taken) => taken > 1).length,
      mostSubmitsPerAttempt: Math.max(...byAttempt.values()),
      submits: submits.length,
      overLimit: submits.filter(isOverLimit).length,
      lanes: measureLanes(submits, load.lanes),
      faults,
      kills,
      seconds: Math.round((performance.now() - start) / 1000),
    };
  } finally {
    await stack.close();
  }
};

const senders = 4;

const sendAll = async (
  { description }: Stack,
  load: Load,
  jobs: number,
  onAccepted: (jobId: string) => void,
): Promise<void> => {
  const send = async (index: number): Promise<void> => {
    const caller = callers[Math.floor(index / 2) % callers.length] ?? '';
    const requests = load.list(description, caller);
    const { path = '', body } = requests[index % requests.length] ?? {};
    const answer = await fetch(description.gateway + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-local-caller': caller },
      body: JSON.stringify(body),
    });
    if (answer.status !== 202) throw new Error(`Expected 202 of ${path}, got ${answer.status}: ${await answer.text()}`);
    onAccepted(String(((await answer.json()) as { jobId: string }).jobId));
  };
  let next = 0;
  const sendNext = async (): Promise<void> => {
    while (next < jobs) await send(next++);
  };
  await Promise.all(Array.from({ length: senders }, sendNext));
};

/** Ends one sandbox of generate or dispatch in the middle of its work, if one is running. */
const killOne = async ({ lambda }: Stack, random: () => number): Promise<number> => {
  const running = [stackNames.functions.generate, stackNames.functions.dispatch].flatMap((name) =>
    lambda.runningInvocations(name),
  );
  const victim = running[Math.floor(random() * running.length)];
  return victim !== undefined && (await lambda.killInvocation(victim.requestId)) ? 1 : 0;
};

/** The states in which jobs ended; failed ones by their codes. */
const collectEnds = async ({ description }: Stack, accepted: ReadonlySet<string>): Promise<Record<string, number>> => {
  const ends: Record<string, number> = {};
  for (const caller of callers) {
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const answer = await fetch(`${description.gateway}/jobs?limit=100${cursor}`, {
        headers: { 'x-local-caller': caller },
      });
      if (!answer.ok) throw new Error(`Expected 200 of the list of jobs, got ${answer.status}.`);
      const page = (await answer.json()) as {
        jobs: { jobId: string; status: string; error?: { code: string } }[];
        cursor?: string;
      };
      for (const { jobId, status, error } of page.jobs) {
        if (!accepted.has(jobId) || !finalStates.some((state) => state === status)) continue;
        const end = status === 'failed' ? `failed: ${error?.code}` : status;
        ends[end] = (ends[end] ?? 0) + 1;
      }
      cursor = page.cursor && `&cursor=${encodeURIComponent(page.cursor)}`;
    }
  }
  return ends;
};
