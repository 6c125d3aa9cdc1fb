import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import { UnreadableItemError } from '#shared/aws/items.ts';
import { getItem, putItem, type Table, updateItem } from '#shared/aws/table.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { openJobsKey } from '#shared/usage/budget-items.ts';
import { type OpenJob, reserveOpenJobs } from '#shared/usage/open-jobs.ts';
import { moveReservation } from '#shared/usage/reservation.ts';
import { reserveCost } from '#shared/usage/reserve-cost.ts';
import type { TestDynamoDb } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { enqueueMany, newJob } from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';
import { countersOf } from './costs.ts';

let clock: ManualClock;
let table: Table;
let lane: Lane;
let dynamoDb: TestDynamoDb;
let seen: string[];
useJobTable((fresh) => {
  ({ table, lane, clock, dynamoDb } = fresh);
});
beforeEach(() => {
  seen = [];
});

const cost = { estimated: 1_000, outputs: 1 };
const budget = { operationsPerDay: 5 };
const first = '2026-01-15T11:00:00.000Z';
const second = '2026-01-15T12:00:00.000Z';

/** A connection that does something before each call of a kind. */
const before = (kind: string, act: () => Promise<void>): Table => {
  const { own, client } = dynamoDb.reconnect(table);
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === kind) await act();
        return next(args);
      },
    { step: 'initialize' },
  );
  return own;
};
/** So slow that a look ends after its first hundred jobs. */
const slow = () => before('BatchGetItemCommand', async () => clock.advance(1_500));
const see = async ({ jobId }: OpenJob): Promise<void> => void seen.push(jobId);
const look = (since = first, to = table, reserveOne: (job: OpenJob) => Promise<unknown> = see) =>
  reserveOpenJobs(to, 'alice', since, reserveOne);
const hold = (job: OpenJob) =>
  moveReservation(table, undefined, {
    ...job,
    state: 'reserved',
    token: 'process',
    earlier: [],
    at: job.createdAt,
    amount: 1_000,
  });
const readProgress = () => getItem(table, openJobsKey('alice'));

it('a look that another one makes at the moment is waited for, and written over by none', async () => {
  await enqueueMany(lane, 1, { cost });
  let puts = 0;
  const own = before('PutItemCommand', async () => {
    puts += 1;
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  const looks = look(first, table, async (job) => {
    await see(job);
    await promise;
  });
  while (seen.length === 0) await sleep(1);
  const waiters = [look(first, own), look(first, own)];
  await sleep(100);
  resolve();
  expect(await Promise.all([looks, ...waiters])).toEqual([true, true, true]);
  expect({ puts, seen: seen.length }).toEqual({ puts: 0, seen: 1 });
});

it('one that read before another look puts nothing back, neither as it begins nor as it ends', async () => {
  await enqueueMany(lane, 1, { cost });
  let puts = 0;
  const own = before('PutItemCommand', async () => {
    puts += 1;
    if (puts === 1) await look();
  });
  expect(await look(first, own)).toBe(true);
  expect(seen).toHaveLength(1);
  clock.advance(90_000);
  let reached: unknown;
  const late = look(first, table, async () => {
    clock.advance(10_000);
    await look();
    reached = await readProgress();
  });
  expect(await late).toBe(true);
  expect(reached).toMatchObject({ fullLooks: 2 });
  expect(await readProgress()).toEqual(reached);
});

it('a budget that is set while the look for the one before goes on has all open jobs looked at, twice', async () => {
  await enqueueMany(lane, 101, { cost });
  expect([await look(first, slow()), seen.splice(0).length]).toEqual([false, 100]);
  for (const expected of [101, 101, 0]) {
    expect([await look(second), seen.splice(0).length]).toEqual([true, expected]);
    clock.advance(90_000);
  }
});

it('a later look that finds nothing lets requests pass before its end, and those that wait for it', async () => {
  await enqueueMany(lane, 101, { cost });
  expect(await look(first, table, hold)).toBe(true);
  clock.advance(90_000);
  expect(await look(first, slow())).toBe(true);
  expect(await readProgress()).toMatchObject({ fullLooks: 1, isClear: true, cursor: { part: 0 } });
  await updateItem(table, openJobsKey('alice'), { set: { busyUntil: clock.now() + 10_000 } });
  const busy = await readProgress();
  expect(await look()).toBe(true);
  expect(await readProgress()).toEqual(busy);
  clock.advance(10_000);
  expect(await look()).toBe(true);
  expect(await readProgress()).toMatchObject({ fullLooks: 2 });
  expect(seen).toEqual([]);
});

it('a job whose reservation cannot be read stops neither the others nor new ones', async () => {
  const unreadable: string[] = [];
  table.onUnreadable = ({ key }) => void unreadable.push(key.pk);
  await enqueueMany(lane, 2, { cost });
  await look(first, table, async (job) => {
    await see(job);
    if (seen.length === 1) throw new UnreadableItemError({ pk: 'reservation', sk: 'thrown' }, ['state']);
  });
  expect(seen).toHaveLength(2);
  const broken = newJob({ cost });
  await enqueueMany(lane, 1, broken);
  const pk = `reservation#${broken.jobId}`;
  await putItem(table, { pk, sk: broken.requestHash, state: 'reserved' });
  expect(await reserveCost(table, newJob({ cost }), budget)).toBeUndefined();
  expect(unreadable).toEqual(['reservation', pk]);
  expect(await countersOf(table)).toMatchObject({ month: 3_000 });
});

it('looks begin anew where it cannot be read how far they are', async () => {
  const unreadable: string[] = [];
  table.onUnreadable = ({ key }) => void unreadable.push(key.sk);
  await enqueueMany(lane, 1, { cost });
  await putItem(table, { ...openJobsKey('alice'), revision: 7, since: 1 });
  expect([await look(), await look(), seen.length]).toEqual([true, true, 1]);
  expect(unreadable).toEqual(['open']);
});
