import { afterAll, beforeAll, describe, it } from 'vitest';
import { crashPoints } from '#test/fixtures/crash-rig.ts';
import { type RigPool, startRigPool } from '#test/fixtures/rig-pool.ts';
import { imageLife, startGenerateRig, surviveCrash } from './crash-generate.ts';

describe('generate, killed before and after each of its effects', () => {
  let pool: RigPool;
  beforeAll(async () => {
    pool = await startRigPool(3, startGenerateRig);
  });
  afterAll(() => pool.close());

  it.concurrent.each(crashPoints(imageLife.effects))('$fate of effect $index ($effect)', (point) =>
    pool.use(async (rig) => {
      await surviveCrash(rig, imageLife, point);
    }),
  );
});
