import type { CrashPoint } from './world/side-effects.ts';
import { createWorld, hourMs, type Outcome, type World } from './world/world.ts';

/** A run that is killed around each of its side effects. */
export interface CrashScenario {
  name: string;
  /** The world before the run. */
  prepare(): Promise<World>;
  run(world: World, crash?: CrashPoint): Promise<Outcome<unknown>>;
  /** Whether the run itself ends well when nothing crashes. */
  succeeds: boolean;
  /** Secrets Manager takes no second value for a rotation, so one with a dead value takes one more run to end. */
  pendingIsDead?: true;
}

const configured = async (options: Parameters<typeof createWorld>[0] = {}): Promise<World> => {
  const world = createWorld({ revokesTokens: true, ...options });
  await world.refreshToken();
  await world.advance(hourMs);
  return world;
};

const rotated = async (): Promise<World> => {
  const world = await configured();
  await world.rotate();
  return world;
};

/** Index of a side effect in an undisturbed rotation. */
const indexOf = async (effect: string): Promise<number> => {
  const { effects } = await (await configured()).rotate();
  return effects.indexOf(effect);
};

const crashed = async (effect: string): Promise<World> => {
  const world = await configured();
  await world.rotate({ index: await indexOf(effect), when: 'after' });
  return world;
};

const rotate: CrashScenario['run'] = (world, crash) => world.rotate(crash);
const daily: CrashScenario['run'] = (world, crash) => world.daily(crash);

export const crashScenarios: CrashScenario[] = [
  { name: 'the first rotation', prepare: () => configured(), run: rotate, succeeds: true },
  {
    name: 'the first rotation, while the uuid of the current secret is not known',
    prepare: () => configured({ withUuid: false }),
    run: rotate,
    succeeds: true,
  },
  {
    name: 'a rotation that deletes the previous secret to make room',
    prepare: async () => {
      const world = await rotated();
      await world.advance(72 * hourMs);
      return world;
    },
    run: rotate,
    succeeds: true,
  },
  {
    name: 'a rotation after one whose new secret was lost in a crash',
    prepare: () => crashed('ioManagement.add'),
    run: rotate,
    succeeds: true,
  },
  {
    name: 'a rotation after one that crashed with the new secret pending',
    prepare: () => crashed('secrets.putPending'),
    run: rotate,
    succeeds: true,
  },
  {
    name: 'a rotation after one that crashed right after the promotion',
    prepare: () => crashed('secrets.promote'),
    run: (world, crash) => world.step('finishSecret', 'rotation-1', crash),
    succeeds: true,
  },
  {
    name: "a rotation in which Adobe's answer with the new secret is lost",
    prepare: async () => {
      const world = await configured();
      world.adobe.losesNextAdd = true;
      return world;
    },
    run: rotate,
    succeeds: false,
  },
  {
    name: 'a rotation in which the new secret cannot be stored',
    prepare: async () => {
      const world = await configured();
      world.store.failsNextPut = 'before';
      return world;
    },
    run: rotate,
    succeeds: false,
  },
  {
    name: 'a rotation whose pending secret was deleted in the console',
    prepare: async () => {
      const world = await crashed('secrets.putPending');
      world.adobe.remove('uuid-2');
      return world;
    },
    run: rotate,
    succeeds: false,
    pendingIsDead: true,
  },
  {
    name: 'the daily run after a rotation that crashed with the new secret pending',
    prepare: () => crashed('secrets.putPending'),
    run: daily,
    succeeds: true,
  },
  {
    name: 'the daily run after a rotation that crashed right after the promotion',
    prepare: () => crashed('secrets.promote'),
    run: daily,
    succeeds: true,
  },
  {
    name: 'the daily run that retires the previous secret',
    prepare: async () => {
      const world = await rotated();
      await world.advance(49 * hourMs);
      return world;
    },
    run: daily,
    succeeds: true,
  },
  {
    name: 'the retirement of a compromised secret',
    prepare: rotated,
    run: (world, crash) => world.deletePreviousNow('uuid-1', crash),
    succeeds: true,
  },
];
