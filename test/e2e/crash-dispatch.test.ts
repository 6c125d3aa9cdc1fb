import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stackNames } from '#local/stack-settings.ts';
import { startCrashRig } from '#test/fixtures/crash-rig.ts';
import { type RigPool, startRigPool } from '#test/fixtures/rig-pool.ts';

/** Everything that dispatch does to the world outside for one job, in order. */
const effects = [
  'dynamodb UpdateItem', // the permit is claimed
  'dynamodb UpdateItem', // the turn is counted
  'dynamodb UpdateItem', // queued -> scheduled
  'dynamodb UpdateItem', // the served round
  'lambda invoke', // the durable execution
];

// Between two effects nothing outside the function changes: to die after one is to die before the next. So every moment
// is tried once: before the first effect, and after each.
const points = [
  { index: 0, effect: effects[0], fate: 'crash before' as const },
  ...effects.map((effect, index) => ({ index, effect, fate: 'crash after' as const })),
];

describe('dispatch, killed before and after each of its effects', () => {
  let pool: RigPool;
  const request = { prompt: 'a harbour', size: { width: 64, height: 64 } };

  beforeAll(async () => {
    pool = await startRigPool(2, () => startCrashRig('dispatch', 1));
  });
  afterAll(() => pool.close());

  it('knows every effect, so that a new one without a crash test is noticed', () =>
    pool.use(async (rig) => {
      await rig.gateway.until(await rig.gateway.submit(request));
      const seen = await rig.record(async () => rig.gateway.until(await rig.gateway.submit(request)));
      expect(seen).toEqual(effects);
    }));

  it.concurrent.each(points)('$fate of effect $index ($effect)', ({ index, fate }) =>
    pool.use(async (rig) => {
      rig.crashAt(index, fate);
      const jobId = await rig.gateway.submit(request);
      await vi.waitFor(() => expect(rig.takenBeforeCrash()).toBeDefined(), { timeout: 10_000 });
      // What the schedule does each minute.
      const status = async () => {
        await rig.gateway.stack.lambda.invoke(stackNames.functions.dispatch, {});
        return (await rig.gateway.record(jobId)).status;
      };
      await vi.waitFor(async () => expect(await status()).toBe('succeeded'), { timeout: 20_000, interval: 500 });
      const submits =
        rig.gateway.stack.simulator?.requests().filter(({ requestId }) => requestId?.startsWith(jobId)) ?? [];
      expect(submits).toHaveLength(1);
      expect(await rig.storedKeys(jobId)).toHaveLength(2);
    }),
  );
});
