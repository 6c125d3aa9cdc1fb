import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrashRig } from '#test/fixtures/crash-rig.ts';
import { effects, recordLife, startDispatchRig, surviveCrash } from './crash-dispatch.ts';

describe('dispatch', () => {
  let rig: CrashRig;
  beforeAll(async () => {
    rig = await startDispatchRig();
  });
  afterAll(() => rig.close());

  it('has these effects, so that a new one without a crash test is noticed', async () => {
    expect(await recordLife(rig)).toEqual(effects);
  });

  // Every other moment is in crash-dispatch.exhaustive.test.ts.
  it('killed between the permit and the execution, leaves a job that is submitted once', async () => {
    await surviveCrash(rig, { index: effects.indexOf('lambda invoke') - 1, fate: 'crash after' });
  });
});
