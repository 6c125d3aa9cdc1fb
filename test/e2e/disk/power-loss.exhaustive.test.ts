import { join } from 'node:path';
import { expect, it, onTestFailed, onTestFinished } from 'vitest';
import * as z from 'zod';
import { startSimulator } from '#local/simulator/simulator.ts';
import { isFinal, type JobState, jobStates } from '#shared/jobs/job.ts';
import { bundleFunctions } from '#test/fixtures/bundled-functions.ts';
import { onceARun } from '#test/fixtures/once-a-run.ts';
import { createRandom } from '#test/fixtures/random.ts';
import { createLives, insist, insistOnPosting, type Lives } from '../killed/lives.ts';
import { canMount, createImage, mountImage } from './mounts.ts';

const cuts = 3;
const jobsPerLife = 5;
// In a file of its own, and not in the index.
const outputBytes = 200_000;
const seed = 7;
const record = z.object({ status: z.enum(jobStates), error: z.object({ code: z.string() }).optional() });

it.skipIf(!canMount())('loses nothing that it has answered when the power fails', { timeout: 600_000 }, async () => {
  const random = createRandom(seed);
  const simulator = await startSimulator({ requestsPerMinute: 200, pendingMs: 0, generationMs: 300, outputBytes });
  onTestFinished(simulator.close);
  const adobe = { FIREFLY_API_URL: simulator.url, ADOBE_IMS_URL: simulator.url, ADOBE_IO_URL: simulator.url };
  const handlers = JSON.stringify(await onceARun('functions', bundleFunctions));
  let image = mountImage(createImage(256));
  let lives: Lives | undefined;
  onTestFailed(() => console.error(lives?.errors.slice(-20).join('\n')));
  onTestFinished(() => lives?.kill());
  const ids: string[] = [];
  const seen = new Map<string, JobState>();
  const live = async () => {
    const life = createLives([join(image.directory, 'data'), '0', handlers], adobe);
    lives = life;
    const { gateway } = await life.start();
    const read = async (id: string) => record.parse(await (await insist(`${gateway}/jobs/${id}`)).json());
    const look = async () => {
      for (const id of ids) {
        const { status } = await read(id);
        if (isFinal(status)) seen.set(id, status);
      }
      return seen.size;
    };
    const readImage = async (id: string) => {
      const { headers } = await insist(`${gateway}/jobs/${id}/outputs/0`);
      return (await (await fetch(headers.get('location') ?? '')).bytes()).length;
    };
    return { ...life, gateway, read, look, readImage };
  };

  let life = await live();
  for (let cut = 0; cut < cuts; cut += 1) {
    for (let count = 0; count < jobsPerLife; count += 1) {
      const body = { prompt: `picture ${ids.length}`, numVariations: 1 };
      const answer = await insistOnPosting(`${life.gateway}/v3/images/generate-async`, body);
      ids.push(z.object({ jobId: z.string() }).parse(await answer.json()).jobId);
    }
    const enough = seen.size + 1 + Math.floor(random() * 3);
    await expect.poll(life.look, { timeout: 120_000, interval: 100 }).toBeGreaterThanOrEqual(enough);

    // What the disk has at this moment is all that is left: nothing of what only the system's memory held.
    life.stop();
    const left = image.copy();
    await life.kill();
    image.unmount();
    image = mountImage(left);
    life = await live();
    for (const [id, status] of seen) {
      expect(await life.read(id)).toMatchObject({ status });
      if (status === 'succeeded') expect(await life.readImage(id)).toBe(outputBytes);
    }
  }

  await expect.poll(life.look, { timeout: 180_000, interval: 500 }).toBe(cuts * jobsPerLife);
  const ended = await Promise.all(ids.map(life.read));
  const codes = ended.filter(({ status }) => status !== 'succeeded').map(({ error }) => error?.code);
  expect(codes.filter((code) => code !== 'submit_outcome_unknown')).toEqual([]);
  const prompts = simulator.jobs().map(({ plan }) => plan.prompt);
  expect(prompts).toHaveLength(new Set(prompts).size);
});
