import { describe, expect, it } from 'vitest';
import { allSteps, prepareRotation, steps } from './scripted-rotation.ts';

const dayMs = 86_400_000;

describe('the rotation schedule', () => {
  it('counts from the end of the last rotation', async () => {
    const stack = await prepareRotation(async (event) => {
      stack.clock.time += 1_000;
      await stack.work(event);
    });

    await stack.rotate({ RotationRules: { AutomaticallyAfterDays: 10 } });
    await stack.server.rotationsSettled();

    const { LastRotatedDate, NextRotationDate } = await stack.described();
    expect(LastRotatedDate).toEqual(new Date(stack.clock.time));
    expect(NextRotationDate).toEqual(new Date(stack.clock.time + 10 * dayMs));
  });

  it('starts what is due, once', async () => {
    const stack = await prepareRotation((event) => stack.work(event));
    await stack.rotate({ RotateImmediately: false });
    await stack.server.rotationsSettled();
    expect(stack.server.rotateDue()).toEqual([]);

    stack.clock.time += 30 * dayMs;
    expect(stack.server.rotateDue()).toEqual(['credentials']);
    expect(stack.server.rotateDue()).toEqual([]);
    await stack.server.rotationsSettled();
    expect(steps(stack.calls)).toEqual(['testSecret', ...allSteps]);
  });

  it.each([{ AutomaticallyAfterDays: 0 }, { AutomaticallyAfterDays: 1001 }, { ScheduleExpression: 'rate(1 day)' }])(
    'refuses %j',
    async (RotationRules) => {
      const stack = await prepareRotation(() => {});

      await expect(stack.rotate({ RotationRules })).rejects.toMatchObject({ name: 'InvalidParameterException' });
      expect((await stack.described()).RotationEnabled).toBeUndefined();
    },
  );
});
