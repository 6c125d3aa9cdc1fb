import { describe, expect, it } from 'vitest';
import { type CrashScenario, crashScenarios } from './crash-scenarios.ts';
import { expectSettled, expectWorking } from './world/invariants.ts';
import { allSideEffects, Crash, type CrashPoint } from './world/side-effects.ts';
import type { World } from './world/world.ts';

/** Every point at which an undisturbed run of the scenario can be killed. */
const crashPointsOf = async (scenario: CrashScenario): Promise<{ effect: string; crash: CrashPoint }[]> => {
  const { effects } = await scenario.run(await scenario.prepare());
  return effects.flatMap((effect, index) => [
    { effect, crash: { index, when: 'before' as const } },
    { effect, crash: { index, when: 'after' as const } },
  ]);
};

const hasRotated = ({ store }: World) =>
  store.current()?.credentials?.secretUuid !== 'uuid-1' && store.pendingElsewhere() === undefined;

/** One more run as Secrets Manager would start it, with nothing in its way but what the crash left. */
const recover = async (world: World, scenario: CrashScenario): Promise<void> => {
  if (hasRotated(world)) return;
  world.adobe.losesNextAdd = false;
  world.store.failsNextPut = false;
  const again = await world.rotate();
  if (scenario.pendingIsDead) await world.daily();
  else if (!again.ok) throw again.error;
};

describe('a crash of the secret rotation', () => {
  const tried = new Set<string>();

  it.each(crashScenarios)('strands nothing: $name', async (scenario) => {
    expect((await scenario.run(await scenario.prepare())).ok).toBe(scenario.succeeds);
    for (const { effect, crash } of await crashPointsOf(scenario)) {
      const at = `${crash.when} ${effect} (${crash.index})`;
      const world = await scenario.prepare();
      const outcome = await scenario.run(world, crash);
      expect(outcome.ok ? undefined : outcome.error, at).toBeInstanceOf(Crash);
      try {
        expectWorking(world);
        await recover(world, scenario);
        expectSettled(world);
        expect(hasRotated(world)).toBe(true);
      } catch (error) {
        throw new Error(`${at}: ${String(error)}\n${world.logged.join('\n')}`, { cause: error });
      }
      if (crash.when === 'after') tried.add(effect);
    }
  });

  it('was tried after every side effect that the rotation can have', () => {
    expect(allSideEffects.filter((effect) => !tried.has(effect))).toEqual([]);
  });
});
