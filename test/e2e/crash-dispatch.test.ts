import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stackNames } from '#local/stack-settings.ts';
import { type CrashRig, startCrashRig } from '#test/fixtures/crash-rig.ts';

/** Everything that dispatch does to the world outside for one job, in order. */
const effects = [
  'dynamodb UpdateItem', // the permit is claimed
  'dynamodb UpdateItem', // the turn is counted
  'dynamodb UpdateItem', // queued -> scheduled
  'dynamodb UpdateItem', // the served round
  'lambda invoke', // the durable execution
];

const points = effects.flatMap((effect, index) =>
  (['crash before', 'crash after'] as const).map((fate) => ({ index, effect, fate })),
);

describe('dispatch, killed before and after each of its effects', () => {
  let rig: CrashRig;
  const request = { prompt: 'a harbour', size: { width: 64, height: 64 } };

  beforeAll(async () => {
    rig = await startCrashRig('dispatch', 1);
  });
  afterAll(() => rig.close());

  const dispatch = () => rig.gateway.stack.lambda.invoke(stackNames.functions.dispatch, {});

  it('knows every effect, so that a new one without a crash test is noticed', async () => {
    await rig.gateway.until(await rig.gateway.submit(request));
    const seen = await rig.record(async () => rig.gateway.until(await rig.gateway.submit(request)));
    expect(seen).toEqual(effects);
  });

  it.each(points)('$fate of effect $index ($effect)', async ({ index, fate }) => {
    rig.crashAt(index, fate);
    const jobId = await rig.gateway.submit(request);
    await expect.poll(() => rig.crashed(), { timeout: 10_000 }).toBe(true);
    // What the schedule does each minute.
    await expect
      .poll(
        async () => {
          await dispatch();
          return (await rig.gateway.record(jobId)).status;
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe('succeeded');
    const submits =
      rig.gateway.stack.simulator?.requests().filter(({ requestId }) => requestId?.startsWith(jobId)) ?? [];
    expect(submits).toHaveLength(1);
    expect(await rig.storedKeys(jobId)).toHaveLength(2);
  });
});
