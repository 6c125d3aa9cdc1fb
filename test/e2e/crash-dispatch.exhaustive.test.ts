import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { crashPoints } from '#test/fixtures/crash-rig.ts';
import { type RigPool, startRigPool } from '#test/fixtures/rig-pool.ts';
import { effects, recordLife, startDispatchRig, surviveCrash } from './crash-dispatch.ts';

describe('dispatch, killed before and after each of its effects', () => {
  let pool: RigPool;
  beforeAll(async () => {
    pool = await startRigPool(2, async () => {
      const rig = await startDispatchRig();
      // Only a caller's first job makes rounds.
      await recordLife(rig);
      return rig;
    });
  });
  afterAll(() => pool.close());

  it('has these effects, so that a new one without a crash test is noticed', () =>
    // A turn that a busy machine begins too late has a second run.
    pool.use((rig) => vi.waitFor(async () => expect(await recordLife(rig)).toEqual(effects), { timeout: 150_000 })));

  it.concurrent.each(crashPoints(effects))('$fate of effect $index ($effect)', (point) =>
    pool.use((rig) => surviveCrash(rig, point)),
  );
});
