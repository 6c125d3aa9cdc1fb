import { expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import { countRequests, readRequests } from '#shared/callers/daily-requests.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let table: Table;
let clock: ManualClock;
useJobTable((fresh) => ({ table, clock } = fresh));

it('a full day refuses a request that comes at its last moment, and is looked at after midnight', async () => {
  const lastMoment = Date.UTC(2026, 0, 15, 23, 59, 59, 999);
  clock.set(lastMoment);
  expect(await countRequests(table, 'alice', 10, 10)).toMatchObject({ count: 10 });
  // The clock moves on with every look at it, as the real one does.
  let looks = 0;
  const moving = { ...table, clock: { now: () => lastMoment + (looks++ === 0 ? 0 : 5) } };
  expect(await countRequests(moving, 'alice', 1, 10)).toMatchObject({ count: 0 });
  clock.set(lastMoment + 5);
  expect(await readRequests(table, 'alice')).toBe(0);
});
