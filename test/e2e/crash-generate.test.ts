import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stackNames } from '#local/stack-settings.ts';
import { startCrashRig } from '#test/fixtures/crash-rig.ts';
import { type RigPool, startRigPool } from '#test/fixtures/rig-pool.ts';

/** Everything that generate does to the world outside in the life of one job, in order. */
const effects = [
  'lambda checkpoint', // plan begins
  'lambda checkpoint', // plan
  'lambda checkpoint', // submit begins: from here on it is not repeated
  'dynamodb UpdateItem', // the day's count
  'dynamodb UpdateItem', // scheduled -> submitting
  'firefly POST',
  'dynamodb UpdateItem', // submitting -> running
  'lambda checkpoint', // submit
  'lambda checkpoint', // wait for the first poll
  'lambda checkpoint', // poll begins
  'lambda checkpoint', // poll
  'lambda checkpoint', // begin storing begins
  'dynamodb UpdateItem', // running -> storing
  'lambda checkpoint', // begin storing
  'lambda checkpoint', // store output begins
  's3 PUT', // the output
  'lambda checkpoint', // store output
  'lambda checkpoint', // finish begins
  's3 PUT', // job.json
  'dynamodb UpdateItem', // storing -> succeeded
  'events PutEvents',
  'dynamodb UpdateItem', // the mark is cleared
  'lambda checkpoint', // finish
];

// The second write says that the submit begins, the third that Adobe took the job. In between, nobody can know whether it
// did, and it is not sent again.
const isUnknown = (taken: string[]): boolean => taken.filter((effect) => effect === 'dynamodb UpdateItem').length === 2;

// Between two effects nothing outside the function changes: to die after one is to die before the next. So every moment
// is tried once: before the first effect, and after each.
const points = [
  { index: 0, effect: effects[0], fate: 'crash before' as const },
  ...effects.map((effect, index) => ({ index, effect, fate: 'crash after' as const })),
];

describe('generate, killed before and after each of its effects', () => {
  let pool: RigPool;
  const request = { prompt: 'a lighthouse', size: { width: 64, height: 64 } };

  beforeAll(async () => {
    pool = await startRigPool(3, () => startCrashRig('generate', 20));
  });
  afterAll(() => pool.close());

  it('knows every effect, so that a new one without a crash test is noticed', () =>
    pool.use(async (rig) => {
      const seen = await rig.record(async () => {
        const jobId = await rig.gateway.submit(request);
        await rig.gateway.until(jobId);
        await vi.waitFor(() => expect(rig.finishedExecutions()).toContain(`${jobId}-1`), { timeout: 20_000 });
      });
      expect(seen).toEqual(effects);
    }));

  it.concurrent.each(points)('$fate of effect $index ($effect)', (point) =>
    pool.use(async (rig) => {
      rig.crashAt(point.index, point.fate);
      const jobId = await rig.gateway.submit(request);
      await vi.waitFor(() => expect(rig.finishedExecutions()).toContain(`${jobId}-1`), { timeout: 20_000 });
      const taken = rig.takenBeforeCrash();
      expect(taken).toBeDefined();

      // A write whose job was killed in the last moment is announced by the next dispatch.
      const job = await rig.gateway.until(jobId);
      const submits =
        rig.gateway.stack.simulator?.requests().filter(({ requestId }) => requestId?.startsWith(jobId)) ?? [];
      expect(submits.length).toBeLessThanOrEqual(1);
      expect(
        job.states.filter(({ state }) => ['succeeded', 'failed', 'cancelled', 'timed_out'].includes(state)),
      ).toHaveLength(1);
      if (isUnknown(taken ?? [])) {
        expect(job.error?.code).toBe('submit_outcome_unknown');
      } else {
        expect(job.status).toBe('succeeded');
        expect(submits).toHaveLength(1);
        const folder = job.outputs[0]?.key.replace(/[^/]+$/, '');
        expect(await rig.storedKeys(jobId)).toEqual([`${folder}0.jpg`, `${folder}job.json`]);
      }
      await rig.gateway.stack.lambda.invoke(stackNames.functions.dispatch, {});
      await vi.waitFor(() => expect(rig.events.filter(({ detail }) => detail['jobId'] === jobId)).not.toHaveLength(0));
    }),
  );
});
