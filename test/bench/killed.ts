import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { type Simulator, startSimulator } from '#local/simulator/simulator.ts';
import { isFinal, jobStates } from '#shared/jobs/job.ts';
import { createLives, insist, insistOnPosting } from '#test/e2e/killed/lives.ts';
import { bundledFunctions } from '#test/fixtures/bundled-functions.ts';
import { createRandom } from '#test/fixtures/random.ts';
import type { Section } from './table.ts';

/** What is left of jobs whose sender was killed again and again. */
interface KilledFigures {
  /** Submits that Adobe took, each of which it bills. */
  submits: number;
  /** Those beyond the first of a job. */
  paidTwice: number;
  /** Images that Adobe made and billed, and that lie nowhere. */
  paidAndLost: number;
  /** Jobs that have no image in the end and do not say why. */
  lost: number;
  /** Jobs that say that Adobe may have billed them, and that they were not sent again. */
  named: number;
}

const jobs = 50;
const kills = 20;
const size = { width: 1_024, height: 1_024 };
const loop = fileURLToPath(new URL('./careful-loop.ts', import.meta.url));

/** When each life ends, in ms after it has begun to work; drawn once, for every sender. */
const drawMoments = (seed: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: kills }, () => 100 + random() * 1_900);
};

/** Of as many jobs a sender knows in a life: they come in over all of them. */
const countKnown = (life: number): number => Math.ceil((jobs * (life + 1)) / kills);

const startAdobe = () =>
  startSimulator({ requestsPerMinute: 200, pendingMs: 0, generationMs: 300, outputBytes: 4_096 });

const summarise = (simulator: Simulator, stored: number, named: number): KilledFigures => {
  const submits = simulator.jobs().length;
  const paidTwice = submits - new Set(simulator.jobs().map(({ plan }) => plan.prompt)).size;
  return { submits, paidTwice, paidAndLost: submits - stored, lost: jobs - stored - named, named };
};

const killLoop = async (folder: string, moments: readonly number[]): Promise<KilledFigures> => {
  await mkdir(folder, { recursive: true });
  const simulator = await startAdobe();
  const start = (known: number): ChildProcess =>
    spawn(process.execPath, [loop, folder, simulator.url, String(known)], { stdio: ['ignore', 'pipe', 'inherit'] });
  for (const [life, moment] of moments.entries()) {
    const child = start(countKnown(life));
    const exited = once(child, 'exit');
    if (child.stdout) await once(child.stdout, 'data');
    await Promise.race([sleep(moment), exited]);
    child.kill('SIGKILL');
    await exited;
  }
  await once(start(jobs), 'exit');
  const stored = new Set((await readFile(join(folder, 'done.txt'), 'utf8')).trimEnd().split('\n')).size;
  await simulator.close();
  return summarise(simulator, stored, 0);
};

const accepted = z.object({ jobId: z.string() });
const record = z.object({ status: z.enum(jobStates), error: z.object({ code: z.string() }).optional() });

const killGateway = async (folder: string, moments: readonly number[]): Promise<KilledFigures> => {
  const simulator = await startAdobe();
  const adobe = { FIREFLY_API_URL: simulator.url, ADOBE_IMS_URL: simulator.url, ADOBE_IO_URL: simulator.url };
  const handlers = JSON.stringify(await bundledFunctions());
  let port = '0';
  let gateway = '';
  const made: Promise<string>[] = [];
  const submit = async (index: number): Promise<string> => {
    const body = { prompt: `picture ${index}`, numVariations: 1, size };
    const answer = await insistOnPosting(`${gateway}/v3/images/generate-async`, body, {
      'idempotency-key': `job-${index}`,
    });
    return accepted.parse(await answer.json()).jobId;
  };
  const live = async (known: number) => {
    const lives = createLives([folder, port, handlers], adobe);
    ({ gateway } = await lives.start());
    ({ port } = new URL(gateway));
    while (made.length < known) made.push(submit(made.length));
    return lives;
  };
  for (const [life, moment] of moments.entries()) {
    const lives = await live(countKnown(life));
    await sleep(moment);
    await lives.kill();
  }
  const last = await live(jobs);
  const ids = await Promise.all(made);
  const read = async (id: string) => record.parse(await (await insist(`${gateway}/jobs/${id}`)).json());
  let ended = await Promise.all(ids.map(read));
  while (!ended.every(({ status }) => isFinal(status))) {
    await sleep(1_000);
    ended = await Promise.all(ids.map(read));
  }
  const images = await Promise.all(ids.map(async (id) => (await insist(`${gateway}/jobs/${id}/outputs/0`)).status));
  await last.kill();
  await simulator.close();
  const named = ended.filter(({ error }) => error?.code === 'submit_outcome_unknown').length;
  return summarise(simulator, images.filter((status) => status === 302).length, named);
};

/**
 * Kills the gateway, and a loop with a queue, a token cache and a list of what is done, at the same moments of their lives, with the
 * same jobs coming in and the same Adobe.
 */
export const killedSection: Section = {
  name: 'killed',
  title:
    '50 jobs of the gateway, and of a loop with p-queue and a token cache, each killed 20 times at the same moments',
  measure: async (directory) => {
    const moments = drawMoments(15);
    const gateway = await killGateway(join(directory, 'killed-gateway'), moments);
    const loop = await killLoop(join(directory, 'killed-loop'), moments);
    return {
      figures: { gateway, loop },
      rows: [
        { figure: 'killed gateway: submits paid twice', value: gateway.paidTwice, unit: '', atMost: 0 },
        { figure: 'killed gateway: jobs lost', value: gateway.lost, unit: '', atMost: 0 },
        { figure: 'killed gateway: ended as submit_outcome_unknown', value: gateway.named, unit: '' },
        { figure: 'killed gateway: images paid and lost', value: gateway.paidAndLost, unit: '' },
        { figure: 'killed loop: submits paid twice', value: loop.paidTwice, unit: '' },
        { figure: 'killed loop: jobs lost', value: loop.lost, unit: '' },
        { figure: 'killed loop: images paid and lost', value: loop.paidAndLost, unit: '' },
      ],
    };
  },
};
