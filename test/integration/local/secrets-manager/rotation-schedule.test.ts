import { CancelRotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { allSteps, prepareRotation, steps } from './scripted-rotation.ts';

const dayMs = 86_400_000;

describe('the rotation schedule', () => {
  it.each([
    [{ AutomaticallyAfterDays: 30 }, 30 * dayMs],
    [{ ScheduleExpression: 'rate(10 days)', Duration: '3h' }, 10 * dayMs],
    [{ ScheduleExpression: 'rate(4 hours)' }, 4 * 3_600_000],
  ])('%j counts from the end of the last rotation', async (RotationRules, intervalMs) => {
    const stack = await prepareRotation(async (event) => {
      stack.clock.time += 1_000;
      await stack.work(event);
    });

    await stack.rotate({ RotationRules });
    await stack.server.rotationsSettled();

    const { LastRotatedDate, NextRotationDate } = await stack.described();
    expect(LastRotatedDate).toEqual(new Date(stack.clock.time));
    expect(NextRotationDate).toEqual(new Date(stack.clock.time + intervalMs));
  });

  it('starts what is due, once, and not after a cancellation', async () => {
    const stack = await prepareRotation((event) => stack.work(event));
    await stack.rotate({ RotateImmediately: false });
    await stack.server.rotationsSettled();
    expect(stack.server.rotateDue()).toEqual([]);

    stack.clock.time += 30 * dayMs;
    expect(stack.server.rotateDue()).toEqual(['credentials']);
    expect(stack.server.rotateDue()).toEqual([]);
    await stack.server.rotationsSettled();
    expect(steps(stack.calls)).toEqual(['testSecret', ...allSteps]);

    await stack.client.send(new CancelRotateSecretCommand({ SecretId: 'credentials' }));
    stack.clock.time += 60 * dayMs;
    expect(stack.server.rotateDue()).toEqual([]);
    expect(await stack.described()).toMatchObject({ RotationEnabled: false });
  });

  it.each([
    { AutomaticallyAfterDays: 0 },
    { AutomaticallyAfterDays: 1001 },
    { ScheduleExpression: 'every day' },
    { AutomaticallyAfterDays: 1, ScheduleExpression: 'rate(1 day)' },
  ])('refuses %j', async (RotationRules) => {
    const stack = await prepareRotation(() => {});

    await expect(stack.rotate({ RotationRules })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect((await stack.described()).RotationEnabled).toBeUndefined();
  });
});
