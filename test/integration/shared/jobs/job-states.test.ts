import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Table, updateItem } from '#shared/aws/table.ts';
import { type Job, type JobState, jobSchema, jobStates } from '#shared/jobs/job.ts';
import { listJobs } from '#shared/jobs/job-list.ts';
import { getJob, jobKey, orderOf, statePart } from '#shared/jobs/job-store.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { setAsideJob } from '#shared/jobs/set-aside.ts';
import { transition } from '#shared/jobs/transitions.ts';
import { countUnits } from '#test/fixtures/capacity.ts';
import { itemOf, putItems, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { createLane, enqueue } from '#test/fixtures/queue.ts';
import { inTier } from '#test/fixtures/tier.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let clock: ManualClock;
let table: Table;
let lane: Lane;
let dynamoDb: TestDynamoDb;
useJobTable((fresh) => {
  ({ table, lane, clock, dynamoDb } = fresh);
});

const move = async (job: Job, to: JobState): Promise<Job> =>
  (await transition(table, job, { from: jobStates, to, order: job.rank }, 86_400)) ?? job;

const listAll = async (states: readonly JobState[], limit: number, oldestFirst: boolean): Promise<string[]> => {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await listJobs(table, { caller: 'alice', states, limit, oldestFirst, after }, jobSchema());
    ids.push(...page.jobs.map(({ jobId }) => jobId));
    after = page.next;
  } while (after !== undefined);
  return ids;
};

it('lists the jobs of some states in their order, each once, whatever states they have gone through', async () => {
  const lives = fc.array(fc.array(fc.constantFrom(...jobStates), { maxLength: 4 }), { maxLength: 12 });
  const wanted = fc.uniqueArray(fc.constantFrom(...jobStates), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      lives,
      wanted,
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
      async (each, states, limit, oldest) => {
        table = await dynamoDb.table(clock);
        lane = createLane(table);
        const made: Job[] = [];
        for (const life of each) {
          clock.advance(1);
          let job = await enqueue(lane);
          for (const state of life) job = await move(job, state);
          made.push(job);
        }
        await enqueue(lane, { caller: 'bob' });
        const expected = made.filter(({ state }) => states.includes(state)).map(({ jobId }) => jobId);
        expect(await listAll(states, limit, oldest)).toEqual(oldest ? expected : expected.reverse());
      },
    ),
    { numRuns: inTier(8, 100) },
  );
});

it('lists a job that passes from one state to the next while their parts are read', async () => {
  const jobs = [await enqueue(lane), await enqueue(lane)];
  const moveAll = async (to: JobState) => {
    for (const [index, job] of jobs.entries()) jobs[index] = await move(job, to);
  };
  const { own, client } = dynamoDb.reconnect(table);
  const states: JobState[] = ['running', 'failed'];
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const answer = await next(args);
        const to = /^Query/.test(commandName ?? '') ? states.shift() : undefined;
        if (to !== undefined) await moveAll(to);
        return answer;
      },
    { step: 'initialize' },
  );
  const query = { caller: 'alice', states: ['failed', 'running', 'queued'] as const, limit: 10 };
  const { jobs: listed } = await listJobs(own, query, jobSchema().pick({ jobId: true, state: true }));
  expect(listed.map(({ jobId }) => jobId).toSorted()).toEqual(jobs.map(({ jobId }) => jobId).toSorted());
  expect(new Set(listed.map(({ state }) => state))).toEqual(new Set(['failed']));
});

it('has a job that was set aside among those that failed, and nowhere else', async () => {
  const { jobId } = await enqueue(lane);
  await updateItem(table, jobKey(jobId), { set: { turn: 'first' } });
  await expect(setAsideJob(table, { jobId })).rejects.toThrow(/wrong in turn/);
  await updateItem(table, jobKey(jobId), { set: { turn: 0 } });
  expect((await getJob(table, jobId))?.state).toBe('failed');
  expect(await listAll(['failed'], 5, false)).toEqual([jobId]);
  expect(await listAll(['queued', 'running'], 5, false)).toEqual([]);
});

it('costs no more beside many jobs of other states', async () => {
  const failed = await move(await enqueue(lane), 'failed');
  const { own, units } = countUnits(dynamoDb, table);
  const list = () => listJobs(own, { caller: 'alice', states: ['failed'], limit: 25 }, jobSchema());
  await list();
  const alone = units();
  const whole = await itemOf(table, failed);
  const others = Array.from({ length: 300 }, (_, index) => ({
    ...whole,
    pk: `job#${index}`,
    state: 'succeeded',
    callerState: statePart('alice', 'succeeded'),
    createdOrder: orderOf(new Date(clock.now() + index).toISOString(), String(index)),
  }));
  await putItems(table, others);
  expect((await list()).jobs.map(({ jobId }) => jobId)).toEqual([failed.jobId]);
  expect(units() - alone).toBe(alone);
});
