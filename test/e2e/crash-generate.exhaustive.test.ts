import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { crashPoints } from '#test/fixtures/crash-rig.ts';
import { type RigPool, startRigPool } from '#test/fixtures/rig-pool.ts';
import { imageLife, recordLife, startGenerateRig, surviveCrash } from './crash-generate.ts';

describe('generate', () => {
  let pool: RigPool;
  beforeAll(async () => {
    pool = await startRigPool(3, startGenerateRig);
  });
  afterAll(() => pool.close());

  it('has these effects, so that a new one without a crash test is noticed', () =>
    // A turn that a busy machine begins too late has another one after it.
    pool.use((rig) =>
      vi.waitFor(async () => expect(await recordLife(rig, imageLife)).toEqual(imageLife.effects), { timeout: 150_000 }),
    ));

  it.concurrent.each(crashPoints(imageLife.effects))('survives $fate of effect $index ($effect)', (point) =>
    pool.use(async (rig) => {
      await surviveCrash(rig, imageLife, point);
    }),
  );
});
