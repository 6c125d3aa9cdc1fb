import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startSimulator } from '#local/simulator/simulator.ts';
import { createRandom } from '#test/fixtures/random.ts';

/** What a loop without a gateway loses when it is killed. */
export interface KilledLoopFigures {
  jobs: number;
  kills: number;
  /** Submits beyond the first of a job, each of which Adobe bills. */
  paidTwice: number;
  /** Images that Adobe made and billed, and that lie nowhere. */
  paidAndLost: number;
  /** Jobs whose image lies there in the end. */
  stored: number;
}

const jobs = 50;
const kills = 20;
const entry = fileURLToPath(new URL('./careful-loop.ts', import.meta.url));

/**
 * Kills a loop with a queue, a token cache and a list of what is done as often as `test/e2e/killed` kills the gateway, which
 * there pays nothing twice and loses nothing.
 */
export const measureKilledLoop = async (directory: string): Promise<KilledLoopFigures> => {
  const random = createRandom(15);
  const folder = join(directory, 'killed-loop');
  await mkdir(folder, { recursive: true });
  const options = { requestsPerMinute: 200, pendingMs: 0, generationMs: 300, outputBytes: 4_096 };
  const simulator = await startSimulator(options);
  const start = () => spawn(process.execPath, [entry, folder, simulator.url, String(jobs)], { stdio: 'ignore' });
  for (let life = 0; life < kills; life += 1) {
    const child = start();
    const exited = once(child, 'exit');
    // The loop starts sooner than the gateway: kills that come sooner meet it in the middle of its work.
    await Promise.race([sleep(400 + random() * 500), exited]);
    child.kill('SIGKILL');
    await exited;
  }
  await once(start(), 'exit');
  const stored = new Set((await readFile(join(folder, 'done.txt'), 'utf8')).trimEnd().split('\n')).size;
  const submits = simulator.jobs().length;
  await simulator.close();
  return { jobs, kills, paidTwice: submits - jobs, paidAndLost: submits - stored, stored };
};
