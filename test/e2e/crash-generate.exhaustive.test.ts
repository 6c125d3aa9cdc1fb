import { afterAll, beforeAll, describe, it } from 'vitest';
import { crashPoints } from '#test/fixtures/crash-rig.ts';
import { type RigPool, startRigPool } from '#test/fixtures/rig-pool.ts';
import { effects, startGenerateRig, surviveCrash } from './crash-generate.ts';

describe('generate, killed before and after each of its effects', () => {
  let pool: RigPool;
  beforeAll(async () => {
    pool = await startRigPool(3, startGenerateRig);
  });
  afterAll(() => pool.close());

  it.concurrent.each(crashPoints(effects))('$fate of effect $index ($effect)', (point) =>
    pool.use((rig) => surviveCrash(rig, point)),
  );
});
