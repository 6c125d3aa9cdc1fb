import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assignTurns } from '#functions/dispatch/assign-turns.ts';
import { moveJobsOfPausedCallers } from '#functions/dispatch/caller-pauses.ts';
import type { Table } from '#shared/aws/table.ts';
import type { Turn } from '#shared/jobs/job.ts';
import { readCallerPause, resumeCaller } from '#shared/jobs/lanes/caller-pauses.ts';
import { cancelJob } from '#shared/jobs/lanes/cancel.ts';
import { maxUnansweredMs } from '#shared/jobs/lanes/lane.ts';
import { passFence, requeue } from '#shared/jobs/lanes/turn.ts';
import { readJob } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { heldMs } from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';
import { createPausedQueue } from './paused-queue.ts';

let table: Table;
let clock: ManualClock;
let freshTable: () => Promise<Table>;
useJobTable((fresh) => {
  ({ table, clock } = fresh);
  freshTable = () => fresh.dynamoDb.table(clock);
});

const callers = fc.constantFrom('alice', 'bob');
const steps = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('submit'), caller: callers, count: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('pause', 'resume'), caller: callers, count: fc.constant(0) }),
  },
  // With a pause between the plan of a turn and its submit, or without.
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('dispatch', 'dispatch, paused'),
      caller: callers,
      count: fc.constant(0),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('cancel'), caller: callers, count: fc.integer({ min: 0, max: 30 }) }),
  },
);
type Step = { kind: string; caller: string; count: number };

/** A queue, and what every step must leave true of it. */
const createModel = () => {
  const queue = createPausedQueue(table, clock);
  const made = { alice: [] as string[], bob: [] as string[] } as Record<string, string[]>;
  const submitted: string[] = [];
  const cancelled = new Set<string>();
  const idsOf = (caller: string): string[] => made[caller] ?? [];

  /** What dispatch does for the queue, and what generate does at the end of each turn's wait. */
  const dispatch = async (paused?: string): Promise<void> => {
    const turns: Turn[] = [];
    const run = { ...queue.context(), startTurn: async (turn: Turn) => void turns.push(turn) };
    const held = await moveJobsOfPausedCallers(run);
    await assignTurns(run, queue.lane, held.callers);
    if (paused !== undefined) await queue.pause(paused);
    for (const turn of turns) {
      const { caller, submitAt = 0 } = await readJob(table, turn);
      clock.set(Math.max(clock.now(), submitAt));
      const pause = await readCallerPause(table, caller);
      const verdict = await passFence(queue.lane, turn);
      if (verdict.kind === 'give_up') {
        expect(verdict.reason).toBe('caller_paused');
        await requeue(table, verdict.job, { sent: false });
        continue;
      }
      expect(verdict.kind).toBe('passed');
      expect(pause?.state).not.toBe('paused');
      submitted.push(turn.jobId);
    }
    // Nothing is heard of the submit, so that its permit stays taken for longer than its window.
    clock.advance(heldMs + maxUnansweredMs);
  };
  const act = async ({ kind, caller, count }: Step): Promise<unknown> => {
    if (kind === 'submit') return idsOf(caller).push(...(await queue.submit(caller, count)));
    if (kind === 'pause') return queue.pause(caller);
    if (kind === 'resume') return resumeCaller(table, caller);
    if (kind !== 'cancel') return dispatch(kind === 'dispatch' ? undefined : caller);
    const jobId = idsOf(caller)[count];
    if (jobId === undefined) return undefined;
    const cancellation = await cancelJob(table, await readJob(table, { jobId }));
    if (cancellation?.outcome === 'cancelled') cancelled.add(jobId);
    return cancellation;
  };
  const finish = async (): Promise<void> => {
    for (const caller of Object.keys(made)) await resumeCaller(table, caller);
    const count = Object.values(made).flat().length;
    for (let runs = 0; runs < count + 10 && submitted.length + cancelled.size < count; runs += 1) await dispatch();
  };
  const check = (): void => {
    for (const ids of Object.values(made)) {
      expect(submitted.filter((id) => ids.includes(id))).toEqual(ids.filter((id) => !cancelled.has(id)));
    }
  };
  return { act, finish, check };
};

it('no job of a paused caller is submitted, and none is ever lost or overtaken by a later one of its caller', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 30 }), async (sequence) => {
      table = await freshTable();
      const model = createModel();
      for (const step of sequence) await model.act(step);
      await model.finish();
      model.check();
    }),
    { numRuns: 25 },
  );
});
