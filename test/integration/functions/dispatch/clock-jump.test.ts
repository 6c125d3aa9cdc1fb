import { expect, it } from 'vitest';
import { assignTurns } from '#functions/dispatch/assign-turns.ts';
import { recoverJobs } from '#functions/dispatch/recover-jobs.ts';
import type { Table } from '#shared/aws/table.ts';
import type { Turn } from '#shared/jobs/job.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { readJob } from '#test/fixtures/job-table.ts';
import { type ManualClock, noon } from '#test/fixtures/manual-clock.ts';
import { adobeLimits, createLane, dispatchContext, enqueue, heldMs, submit } from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

const hourMs = 3_600_000;
const hard = adobeLimits.windows[0]?.hard ?? 0;

let clock: ManualClock;
let table: Table;
let lane: Lane;
useJobTable((fresh) => {
  ({ table, clock } = fresh);
  lane = createLane(table);
});

const dispatch = async (): Promise<Turn[]> => {
  const turns: Turn[] = [];
  const context = dispatchContext(lane, {
    startTurn: async ({ jobId, turn }) => void turns.push({ jobId, turn }),
  });
  await recoverJobs(context);
  await assignTurns(context, lane);
  return turns;
};
const queueMany = async (count: number) => {
  for (let index = 0; index < count; index += 1) await enqueue(lane);
};
const submitAll = (turns: readonly Turn[]) => Promise.all(turns.map((turn) => submit(lane, turn)));

it('that is set an hour ahead gives turns at once, and a turn that comes after it is given back unsent', async () => {
  await queueMany(2 * hard);
  const before = await dispatch();
  expect(before).toHaveLength(hard);
  clock.advance(hourMs);
  const verdicts = await submitAll(before);
  expect(verdicts).toEqual(before.map(() => expect.objectContaining({ kind: 'give_up', reason: 'late' })));
  expect((await dispatch()).length).toBeGreaterThan(0);
});

it('that is set an hour back lets no more pass than before, and turns are given again when it has caught up', async () => {
  await queueMany(2 * hard);
  const [early, ...others] = await dispatch();
  await submitAll(others);
  clock.set(noon - hourMs);
  expect(await submitAll(early ? [early] : [])).toMatchObject([{ kind: 'give_up', reason: 'early' }]);
  expect(await dispatch()).toEqual([]);
  clock.set(noon + heldMs);
  const after = await dispatch();
  expect(after.length).toBeGreaterThan(0);
  for (const turn of after) expect(await readJob(table, turn)).toMatchObject({ state: 'scheduled' });
});
