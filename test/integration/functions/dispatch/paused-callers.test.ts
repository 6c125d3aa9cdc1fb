import { describe, expect, it } from 'vitest';
import { assignTurns } from '#functions/dispatch/assign-turns.ts';
import { moveJobsOfPausedCallers } from '#functions/dispatch/caller-pauses.ts';
import type { Table } from '#shared/aws/table.ts';
import { readCallerPause, resumeCaller } from '#shared/jobs/lanes/caller-pauses.ts';
import { countHeld } from '#shared/jobs/lanes/held-jobs.ts';
import { queueDepth } from '#shared/jobs/lanes/queue-counts.ts';
import { passFence, requeue } from '#shared/jobs/lanes/turn.ts';
import type { TestDynamoDb } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { createLane, perMinute } from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';
import { createPausedQueue, type PausedQueue } from './paused-queue.ts';

let table: Table;
let clock: ManualClock;
let dynamoDb: TestDynamoDb;
let queue: PausedQueue;
useJobTable((fresh) => {
  ({ table, clock, dynamoDb } = fresh);
  queue = createPausedQueue(table, clock);
});

describe('a paused caller', () => {
  it('gets no turns, while others go on, and its jobs leave the queue', async () => {
    await queue.submit('alice', 3);
    await queue.submit('bob', 2);
    await queue.pause('alice');
    expect(await queue.serve(4)).toEqual(['bob', 'bob']);
    expect(await queueDepth(queue.lane)).toBe(0);
    await queue.submit('alice', 2);
    expect(await queue.serve(2)).toEqual([]);
    expect(await countHeld(table, 'alice')).toBe(5);
    expect(await queue.pause('alice')).toBe(false);
  });

  it('has all of its jobs served in their order once it is resumed', async () => {
    const jobs = await queue.submit('alice', 3);
    await queue.pause('alice');
    await queue.dispatch();
    jobs.push(...(await queue.submit('alice', 2)));
    expect(await resumeCaller(table, 'alice')).toBe(true);
    expect(await resumeCaller(table, 'alice')).toBe(false);
    jobs.push(...(await queue.submit('alice')));
    await queue.dispatch();
    jobs.push(...(await queue.submit('alice')));
    await queue.serve(8);
    expect(queue.served.map(({ jobId }) => jobId)).toEqual(jobs);
  });

  it('neither jumps ahead nor pays for the time of the pause', async () => {
    await queue.submit('alice', 6);
    await queue.submit('bob', 14);
    await queue.serve(4);
    await queue.pause('alice');
    expect(await queue.serve(6)).toEqual(Array(6).fill('bob'));
    // What it sends meanwhile comes behind what it had.
    const late = await queue.submit('alice', 2);
    await resumeCaller(table, 'alice');
    const after = await queue.serve(8);
    expect(after.filter((caller) => caller === 'alice')).toHaveLength(4);
    for (let index = 0; index < after.length; index += 2) {
      expect(new Set(after.slice(index, index + 2))).toEqual(new Set(['alice', 'bob']));
    }
    await queue.serve(4);
    expect(queue.servedOf('alice').slice(-2)).toEqual(late);
  });

  it('that is resumed at once stands where it stood', async () => {
    await queue.submit('alice', 4);
    await queue.submit('bob', 4);
    const before = await queue.ranks();
    await queue.pause('alice');
    await moveJobsOfPausedCallers(queue.context());
    expect(await queue.ranks()).not.toEqual(before);
    await resumeCaller(table, 'alice');
    await moveJobsOfPausedCallers(queue.context());
    expect(await queue.ranks()).toEqual(before);
  });

  it('can be paused again before all of its jobs are back', async () => {
    const jobs = await queue.submit('alice', 4);
    await queue.submit('bob', 20);
    await queue.serve(2);
    await queue.pause('alice');
    await queue.serve(3);
    await resumeCaller(table, 'alice');
    await queue.serve(1);
    await queue.pause('alice');
    jobs.push(...(await queue.submit('alice')));
    expect(new Set(await queue.serve(3))).toEqual(new Set(['bob']));
    await resumeCaller(table, 'alice');
    jobs.push(...(await queue.submit('alice')));
    const after = await queue.serve(8);
    expect(after.filter((caller) => caller === 'alice').length).toBeGreaterThanOrEqual(3);
    await queue.serve(6);
    expect(queue.servedOf('alice')).toEqual(jobs);
  });

  it('is not submitted for under a turn that was planned before the pause', async () => {
    const [jobId = ''] = await queue.submit('alice');
    await assignTurns(queue.context(), queue.lane);
    await queue.pause('alice');
    const verdict = await passFence(queue.lane, { jobId, turn: 1 });
    expect(verdict).toMatchObject({ kind: 'give_up', reason: 'caller_paused' });
    if (verdict.kind === 'give_up') await requeue(table, verdict.job, { sent: false });
    await queue.submit('bob');
    const before = queue.served.length;
    // Its permit is free for another.
    await moveJobsOfPausedCallers(queue.context());
    await assignTurns(queue.context(), queue.lane, new Set(['alice']));
    expect(queue.served.slice(before)).toMatchObject([{ caller: 'bob' }]);
  });

  it('costs dispatch the same with many jobs as with few', async () => {
    const { own, client } = dynamoDb.reconnect(table);
    let requests = 0;
    client.middlewareStack.add(
      (next) => (args) => {
        requests += 1;
        return next(args);
      },
      { step: 'finalizeRequest', name: 'count' },
    );
    const count = async () => {
      requests = 0;
      const run = queue.context(createLane(own, perMinute(1)));
      const { callers } = await moveJobsOfPausedCallers(run);
      await assignTurns(run, createLane(own, perMinute(1)), callers);
      return requests;
    };
    await queue.pause('alice');
    await queue.submit('alice', 2);
    clock.advance(4 * 60_000);
    await queue.dispatch();
    const few = await count();
    await queue.submit('alice', 60);
    expect(await count()).toBe(few);
  });

  it('is forgotten once its jobs are back, and what was put apart late with them', async () => {
    await queue.submit('alice', 2);
    await queue.pause('alice');
    const stale = await readCallerPause(table, 'alice');
    await queue.dispatch();
    await resumeCaller(table, 'alice');
    await queue.serve(3);
    // Whoever saw the pause a moment ago still puts jobs apart.
    await queue.submitKnowing(stale, 'alice');
    expect(await countHeld(table, 'alice')).toBe(1);
    expect(await queue.serve(1)).toEqual(['alice']);
    clock.advance(21 * 60_000);
    await queue.dispatch();
    expect(await readCallerPause(table, 'alice')).toBeUndefined();
  });
});
