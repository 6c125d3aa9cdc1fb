import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '#local/simulator/faults/definitions.ts';
import type { Simulator } from '#local/simulator/simulator.ts';
import { type Stack, startStack } from '#local/stack.ts';
import { stackNames } from '#local/stack-settings.ts';
import { bundledFunctions } from '#test/fixtures/bundled-functions.ts';
import { createRandom } from '#test/fixtures/random.ts';
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
  faults: Record<string, number>;
  kills: number;
  seconds: number;
}

const callers = ['ads', 'shop', 'press'];

const maxMs = 3_600_000;

/** What goes wrong at a service, and how often against each other. */
const listFaults = (service: string): { weight: number; fault: Fault }[] => [
  { weight: 3, fault: { fault: 'rate_limited', seconds: 1, service, times: 20 } },
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
  const stack = await startStack({
    services: load.services,
    settings: {
      requestsPerMinute: 1_000,
      requestsPerDay: 1_000_000,
      submitGraceSeconds: 5,
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
  });
  const { simulator, lambda } = stack;
  if (simulator === undefined) throw new Error('The run needs the simulated Adobe.');
  const start = performance.now();
  try {
    const open = new Set<string>();
    const ends: Record<string, number> = {};
    let isSending = true;
    await load.prepare(stack.description, callers);
    const sending = sendAll(stack, load, jobs, (jobId) => open.add(jobId)).finally(() => {
      isSending = false;
    });
    // Trouble comes while jobs come in: what it leaves must then come to its end by itself.
    const trouble = async () => {
      while (isSending) {
        const fault = drawn[Math.floor(random() * drawn.length)] as Fault;
        simulator.faults.add(fault);
        faults[fault.fault] = (faults[fault.fault] ?? 0) + 1;
        kills += await killOne(stack, random);
        await pause(500);
      }
      simulator.faults.clear();
    };
    const dispatching = async () => {
      for (let round = 0; isSending || open.size > 0; round += 1) {
        if (performance.now() - start > maxMs) return;
        // A dispatch that was killed is repeated by the next round, as the schedule would.
        await lambda.invoke(stackNames.functions.dispatch, {}).catch(() => undefined);
        await pause(500);
        if (round % 10 === 0) await collectEnds(stack, open, ends);
      }
    };
    await Promise.all([sending, trouble(), dispatching()]);
    const submits = submitsOf(simulator);
    return {
      jobs,
      ends,
      lost: open.size,
      doubled: [...submits.takenByJob.values()].filter((taken) => taken > 1).length,
      mostSubmitsPerAttempt: Math.max(...submits.byAttempt.values()),
      submits: [...submits.byAttempt.values()].reduce((sum, count) => sum + count, 0),
      overLimit: simulator.requests().filter(({ status, faults: met }) => status === 429 && met.length === 0).length,
      faults,
      kills,
      seconds: Math.round((performance.now() - start) / 1000),
    };
  } finally {
    await stack.close();
  }
};

const sendAll = async (
  { description }: Stack,
  load: Load,
  jobs: number,
  onAccepted: (jobId: string) => void,
): Promise<void> => {
  for (let index = 0; index < jobs; index += 1) {
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
  }
};

/** Ends one sandbox of generate or dispatch in the middle of its work, if one is running. */
const killOne = async ({ lambda }: Stack, random: () => number): Promise<number> => {
  const running = [stackNames.functions.generate, stackNames.functions.dispatch].flatMap((name) =>
    lambda.runningInvocations(name),
  );
  const victim = running[Math.floor(random() * running.length)];
  return victim !== undefined && (await lambda.killInvocation(victim.requestId)) ? 1 : 0;
};

const collectEnds = async ({ description }: Stack, open: Set<string>, ends: Record<string, number>): Promise<void> => {
  for (const caller of callers) {
    for (let cursor = ''; ; ) {
      const answer = await fetch(`${description.gateway}/jobs?limit=100${cursor}`, {
        headers: { 'x-local-caller': caller },
      });
      if (!answer.ok) break;
      const page = (await answer.json()) as {
        jobs: { jobId: string; status: string; error?: { code: string } }[];
        cursor?: string;
      };
      for (const { jobId, status, error } of page.jobs) {
        if (
          !['succeeded', 'partially_succeeded', 'failed', 'cancelled', 'timed_out'].includes(status) ||
          !open.delete(jobId)
        )
          continue;
        const end = status === 'failed' ? `failed: ${error?.code}` : status;
        ends[end] = (ends[end] ?? 0) + 1;
      }
      if (page.cursor === undefined) break;
      cursor = `&cursor=${encodeURIComponent(page.cursor)}`;
    }
  }
};

const isElsewhere = (service: string): boolean => ['ims', 'io-management', 'outputs'].includes(service);

/** What reached Adobe, by the request ids `<job id>-<turn>`, and how often Adobe took each job. */
const submitsOf = (simulator: Simulator): { byAttempt: Map<string, number>; takenByJob: Map<string, number> } => {
  const byAttempt = new Map<string, number>();
  const takenByJob = new Map<string, number>();
  for (const { service, method, requestId, status, dropped, faults } of simulator.requests()) {
    if (isElsewhere(service) || method !== 'POST' || requestId === null) continue;
    byAttempt.set(requestId, (byAttempt.get(requestId) ?? 0) + 1);
    // A dropped connection may have been one that Adobe had taken the job from: it counts as taken.
    const taken = dropped ? faults.includes('drop') : status !== null && status < 300;
    if (!taken) continue;
    const jobId = requestId.slice(0, 36);
    takenByJob.set(jobId, (takenByJob.get(jobId) ?? 0) + 1);
  }
  return { byAttempt, takenByJob };
};
