import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrashRig } from '#test/fixtures/crash-rig.ts';
import { imageLife, recordLife, startGenerateRig, surviveCrash } from './crash-generate.ts';

const { effects } = imageLife;

describe('generate', () => {
  let rig: CrashRig;
  beforeAll(async () => {
    rig = await startGenerateRig();
  });
  afterAll(() => rig.close());

  it('has these effects, so that a new one without a crash test is noticed', async () => {
    expect(await recordLife(rig, imageLife)).toEqual(effects);
  });

  // Every other moment is in crash-generate.exhaustive.test.ts.
  it.each([
    ['before the submit', effects.indexOf('firefly POST') - 1],
    ['after the submit', effects.indexOf('firefly POST')],
    ['while the output is stored', effects.indexOf('s3 PUT')],
  ])('killed %s, leaves a job that comes to one end', async (_, index) => {
    await surviveCrash(rig, imageLife, { index, fate: 'crash after' });
  });
});
