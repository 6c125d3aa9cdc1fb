import { describe, expect, it } from 'vitest';
import { moveJobsOfPausedCallers } from '#functions/dispatch/caller-pauses.ts';
import type { Table } from '#shared/aws/table.ts';
import { resumeCaller } from '#shared/jobs/lanes/caller-pauses.ts';
import { countHeld } from '#shared/jobs/lanes/held-jobs.ts';
import { allItems, readJob, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { createLane, enqueueMany, onlyLane, perMinute } from '#test/fixtures/queue.ts';
import { CrashError } from '#test/fixtures/unreliable-dynamodb.ts';
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

describe('moving the jobs of paused callers', () => {
  /** Pauses, dispatches, resumes and dispatches, by a process that dies at the n-th write: before it, or after it. */
  const runWithCrash = async (at: number, when: 'before' | 'after'): Promise<boolean> => {
    let writes = 0;
    let isDead = false;
    for (const step of ['hold', 'return'] as const) {
      if (step === 'return') await resumeCaller(table, 'alice');
      const { own, client } = dynamoDb.reconnect(table);
      let isThisDead = false;
      client.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            if (isThisDead) throw new CrashError('Dead.');
            if (!/Put|Update|Delete/.test(String(commandName))) return next(args);
            writes += 1;
            const dies = writes === at;
            if (dies) isThisDead = isDead = true;
            if (dies && when === 'before') throw new CrashError('Before.');
            const answer = await next(args);
            if (dies) throw new CrashError('After.');
            return answer;
          },
        { step: 'initialize', name: 'crash' },
      );
      await moveJobsOfPausedCallers({
        ...queue.context(),
        table: own,
        lanes: onlyLane(createLane(own, perMinute(1))),
      }).catch(() => {});
      // The next run.
      await moveJobsOfPausedCallers(queue.context());
    }
    return isDead;
  };

  it.each(['before', 'after'] as const)('comes to the same wherever it is cut off, %s each write', async (when) => {
    const wanted: unknown[] = [];
    for (let at = 0; ; at += 1) {
      table = await dynamoDb.table(clock);
      queue = createPausedQueue(table, clock);
      const fields = Array.from({ length: 3 }, (_, index) => ({
        jobId: `00000000-0000-7000-8000-00000000000${index}`,
      }));
      for (const field of fields) await queue.submit('alice', 1, field);
      await queue.submit('bob', 3, {});
      await queue.pause('alice');
      await queue.serve(3);
      const crashed = await runWithCrash(at, when);
      const alice = (await queue.ranks()).filter(({ jobId }) => fields.some((field) => field.jobId === jobId));
      if (at === 0) wanted.push(...alice);
      expect(alice, `write ${at}`).toEqual(wanted);
      expect(await countHeld(table, 'alice')).toBe(0);
      if (at > 0 && !crashed) break;
    }
    expect(wanted).toHaveLength(3);
  });

  it('happens once when two dispatchers do it at once', async () => {
    const jobs = await queue.submit('alice', 30);
    await queue.submit('bob', 10);
    await queue.pause('alice');
    await Promise.all([moveJobsOfPausedCallers(queue.context()), moveJobsOfPausedCallers(queue.context())]);
    await queue.serve(5);
    await resumeCaller(table, 'alice');
    const moved = await Promise.all([
      moveJobsOfPausedCallers(queue.context()),
      moveJobsOfPausedCallers(queue.context()),
    ]);
    expect(moved.reduce((sum, { returned }) => sum + returned, 0)).toBe(30);
    expect(await queue.serve(4)).toEqual(expect.arrayContaining(['alice', 'alice', 'bob', 'bob']));
    const ofAlice = queue.servedOf('alice');
    expect(ofAlice).toEqual(jobs.slice(0, ofAlice.length));
  });

  it('ends a job whose record takes no write, and goes on with the others', async () => {
    await enqueueMany(queue.lane, 3, { caller: 'alice' });
    const [first] = (await allItems(table)).filter(({ sk }) => sk === 'job');
    await queue.pause('alice');
    const { own, client } = dynamoDb.reconnect(table);
    client.middlewareStack.add(
      (next) => (args) => {
        const { Key, UpdateExpression = 'error' } = args.input as { Key?: { pk?: unknown }; UpdateExpression?: string };
        if (JSON.stringify(Key ?? {}).includes(String(first?.['pk'])) && !UpdateExpression.includes('error')) {
          throw Object.assign(new Error('Item size has exceeded the maximum.'), { name: 'ValidationException' });
        }
        return next(args);
      },
      { step: 'initialize', name: 'refuse' },
    );
    const one = createLane(own, perMinute(1));
    await moveJobsOfPausedCallers({ ...queue.context(one), table: own, lanes: onlyLane(one) });
    expect(await countHeld(table, 'alice')).toBe(2);
    expect(await readJob(table, { jobId: String(first?.['jobId']) })).toMatchObject({ state: 'failed' });
  });
});
