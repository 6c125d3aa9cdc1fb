import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inTier } from '#test/fixtures/tier.ts';
import { expectSettled, expectWorking } from './world/invariants.ts';
import type { CrashPoint } from './world/side-effects.ts';
import { createWorld, hourMs, type World } from './world/world.ts';

/** What may happen to the system, in any order. */
type Happening =
  | { kind: 'rotate' | 'daily' | 'retire now'; crash?: CrashPoint }
  | { kind: 'console adds'; uses: boolean }
  | { kind: 'console deletes'; which: number }
  | { kind: 'time passes'; hours: number }
  | { kind: 'adobe falters'; how: 'loses an add' | 'propagates slowly' | 'refuses to delete' | 'recovers' }
  | { kind: 'secrets manager falters'; when: 'before' | 'after' };

const crash = fc.option(
  fc.record({ index: fc.nat({ max: 40 }), when: fc.constantFrom('before' as const, 'after' as const) }),
  { nil: undefined },
);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('rotate' as const), crash }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('daily' as const), crash }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retire now' as const), crash }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('console adds' as const), uses: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('console deletes' as const), which: fc.nat({ max: 1 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('time passes' as const), hours: fc.integer({ min: 1, max: 100 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('adobe falters' as const),
      how: fc.constantFrom(
        'loses an add' as const,
        'propagates slowly' as const,
        'refuses to delete' as const,
        'recovers' as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('secrets manager falters' as const),
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
);

const recoverAdobe = ({ adobe, store }: World) => {
  adobe.losesNextAdd = false;
  adobe.propagationMs = 0;
  adobe.failsDeletes = false;
  store.failsNextPut = false;
};

/** The secrets that a console user made and has not deleted; the gateway must leave them alone. */
type Foreign = Set<string>;

const happen = async (world: World, foreign: Foreign, event: Happening): Promise<void> => {
  const { adobe, store } = world;
  switch (event.kind) {
    case 'rotate':
      await world.rotate(event.crash);
      return;
    case 'daily':
      await world.daily(event.crash);
      return;
    case 'retire now':
      await world.deletePreviousNow(store.current()?.credentials?.replacedSecretUuid, event.crash);
      return;
    case 'console adds': {
      // A console secret that was made within seconds of an interrupted call of ours, and never used, is not told apart.
      await world.advance(hourMs);
      if (adobe.secrets.length >= 2) return;
      const secret = adobe.consoleAdds();
      if (event.uses) secret.lastUsedAt = world.clock.now();
      foreign.add(secret.uuid);
      return;
    }
    case 'console deletes': {
      // Deleting the current one is the one mistake that nothing can make good.
      const deletable = adobe.secrets.filter(({ uuid }) => uuid !== store.current()?.credentials?.secretUuid);
      const secret = deletable[event.which % Math.max(1, deletable.length)];
      if (secret === undefined) return;
      adobe.remove(secret.uuid);
      foreign.delete(secret.uuid);
      return;
    }
    case 'time passes':
      await world.advance(event.hours * hourMs);
      return;
    case 'adobe falters':
      if (event.how === 'recovers') recoverAdobe(world);
      if (event.how === 'loses an add') adobe.losesNextAdd = true;
      if (event.how === 'propagates slowly') adobe.propagationMs = 30_000;
      if (event.how === 'refuses to delete') adobe.failsDeletes = true;
      return;
    case 'secrets manager falters':
      store.failsNextPut = event.when;
  }
};

describe('the secret rotation, whatever happens in whatever order', () => {
  it('always leaves a working secret, spares what is not its own, and comes to rest by itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 25 }), async (events) => {
        const world = createWorld();
        await world.refreshToken();
        const foreign: Foreign = new Set();
        for (const event of events) {
          await happen(world, foreign, event);
          expectWorking(world);
          for (const uuid of foreign) expect(world.adobe.deletedByGateway).not.toContain(uuid);
        }

        recoverAdobe(world);
        for (const uuid of foreign) world.adobe.remove(uuid);
        await world.advance(72 * hourMs);
        await world.daily();
        expectSettled(world);
        // The daily run may just have rotated; the grace of the previous secret has to pass.
        await world.advance(72 * hourMs);
        const before = world.store.current()?.versionId;
        const rotated = await world.rotate();
        if (!rotated.ok) throw rotated.error;
        expect(world.store.current()?.versionId).not.toBe(before);
        expectSettled(world);
        expect(world.status()?.lastRotationFailed).toBe(false);
      }),
      { numRuns: inTier(100, 1_000) },
    );
  });
});
