import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFailed, onTestFinished } from 'vitest';
import * as z from 'zod';
import { startSimulator } from '#local/simulator/simulator.ts';
import { isFinal, jobStates } from '#shared/jobs/job.ts';
import { bundleFunctions } from '#test/fixtures/bundled-functions.ts';
import { findLastingPort } from '#test/fixtures/lasting-port.ts';
import { onceARun } from '#test/fixtures/once-a-run.ts';
import { createLives, insist } from '../killed/lives.ts';
import { canMount, mountDisk } from './mounts.ts';

const jobs = 8;
const record = z.object({ status: z.enum(jobStates), error: z.object({ code: z.string() }).optional() });

/** Writes until nothing more fits. */
const fill = (file: string): void => {
  const descriptor = openSync(file, 'w');
  for (const bytes of [1024 * 1024, 4_096, 1]) {
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(bytes));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    }
  }
  closeSync(descriptor);
};

it.skipIf(!canMount())(
  'refuses new jobs on a full disk, loses none that it has, and goes on when there is room',
  {
    timeout: 400_000,
  },
  async () => {
    const disk = mountDisk(96);
    const ballast = join(disk, 'ballast');
    const simulator = await startSimulator({
      requestsPerMinute: 200,
      pendingMs: 0,
      generationMs: 3_000,
      outputBytes: 4_096,
    });
    const adobe = { FIREFLY_API_URL: simulator.url, ADOBE_IMS_URL: simulator.url, ADOBE_IO_URL: simulator.url };
    const handlers = JSON.stringify(await onceARun('functions', bundleFunctions));
    const folder = join(disk, 'data');
    const lives = createLives([folder, String(await findLastingPort()), handlers], adobe);
    onTestFailed(() => console.error(lives.errors.slice(-30).join('\n')));
    onTestFinished(async () => {
      await lives.kill();
      await simulator.close();
    });
    const { gateway } = await lives.start();
    const submit = (prompt: string) =>
      fetch(`${gateway}/v3/images/generate-async`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ prompt, numVariations: 1 }),
      });
    const ids: string[] = [];
    for (let index = 0; index < jobs; index += 1) {
      const answer = await submit(`picture ${index}`);
      expect(answer.status).toBe(202);
      ids.push(z.object({ jobId: z.string() }).parse(await answer.json()).jobId);
    }
    await expect.poll(() => simulator.jobs().length, { timeout: 60_000 }).toBeGreaterThan(0);

    const expectFull = async () => {
      expect(statfsSync(disk).bavail).toBe(0);
      // What is known of the disk is half a second old at most.
      await sleep(600);
      const refused = await submit('one more');
      const error = expect.objectContaining({ error_code: 'insufficient_storage' });
      expect([refused.status, await refused.json()]).toEqual([507, error]);
      expect((await fetch(`${gateway}/jobs/${ids[0]}`)).status).toBe(200);
      await sleep(3_000);
    };
    const expectRoom = async (prompt: string) => {
      await expect.poll(async () => (await submit(prompt)).status, { interval: 1_000 }).toBe(202);
    };

    // From one moment to the next, as another program may fill it: steps are under way, and their writes fail.
    fill(ballast);
    await expectFull();
    rmSync(ballast);
    await expectRoom('when there is room');

    // A start does not begin what it could not write down.
    fill(ballast);
    await expectFull();
    await lives.kill();
    await expect(lives.start()).rejects.toThrow(/no room/);
    rmSync(ballast);
    await lives.start();
    await expectRoom('after a restart');

    const read = async (id: string) => record.parse(await (await insist(`${gateway}/jobs/${id}`)).json());
    const open = async () => (await Promise.all(ids.map(read))).filter(({ status }) => !isFinal(status));
    await expect.poll(open, { timeout: 180_000, interval: 500 }).toEqual([]);
    const ended = await Promise.all(ids.map(read));
    const codes = ended.filter(({ status }) => status !== 'succeeded').map(({ error }) => error?.code);
    // An answer of Adobe that could not be written down is named.
    expect(codes.filter((code) => code !== 'submit_outcome_unknown')).toEqual([]);
    const prompts = simulator.jobs().map(({ plan }) => plan.prompt);
    expect(prompts).toHaveLength(new Set(prompts).size);
  },
);
