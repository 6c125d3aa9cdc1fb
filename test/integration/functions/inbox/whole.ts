import { expect } from 'vitest';
import type { Item } from '#shared/aws/items.ts';
import type { BatchState } from '#shared/batches/batch.ts';
import { jobIdOfLine } from '#shared/batches/batch-store.ts';
import { allItems } from '#test/fixtures/job-table.ts';
import type { FaultyWorld } from './faulty-world.ts';

/**
 * Compares everything that remains of an ended batch: each line is one job or none, the counts are those of the table, both
 * reports have one row for each line, and everybody was told.
 *
 * @param expected.rows `<line> <state>` of each row
 */
export const expectWhole = async (
  { rig }: FaultyWorld,
  batchId: string,
  { state, rows }: { state: BatchState; rows: string[] },
): Promise<void> => {
  const batch = await rig.batch(batchId);
  const items = await allItems(rig.context.table);
  const jobs = items.filter((item) => item['sk'] === 'job' && item['batchId'] === batchId);
  const stateOf = (row: string) => row.split(' ')[1] ?? '';
  const isJob = (row: string) => ['succeeded', 'failed', 'timed_out', 'cancelled'].includes(stateOf(row));

  const report = await rig.report(batchId);
  expect(report.map(({ line, state: end }) => (line === undefined ? end : `${line} ${end}`))).toEqual(rows);
  expect((await rig.csv(batchId)).trimEnd().split('\r\n').slice(1)).toHaveLength(rows.length);
  expect(jobs.map(({ jobId }) => jobId).toSorted()).toEqual(
    report.flatMap(({ line = 0, jobId }) => (jobId === undefined ? [] : [jobIdOfLine(batchId, line)])).toSorted(),
  );
  expect(jobs.length).toBe(batch.jobs);
  expect(batch).toMatchObject({ state, finishedAt: expect.any(String) });
  for (const [end, count] of Object.entries(batch.counts)) {
    expect([end, count]).toEqual([end, jobs.filter((job) => job['state'] === end).length]);
  }
  expect(batch.jobs + batch.skipped).toBe(rows.filter(isJob).length);
  expect(batch.rejected).toBe(rows.filter((row) => stateOf(row) === 'rejected').length);
  expect(jobs.every((job) => typeof job['expiresAt'] === 'number')).toBe(true);
  const requestOf = ({ pk }: Item) => items.filter((item) => item['pk'] === pk && item['sk'] !== 'job');
  expect(jobs.map((job) => requestOf(job).map(({ expiresAt }) => expiresAt))).toEqual(
    jobs.map(({ expiresAt, holdsRequest }) => (holdsRequest === true ? [] : [expiresAt])),
  );
  const told = (type: string, id: string) =>
    rig.events.some((event) => event.type === type && Object.values(event.detail).includes(id));
  expect(told('Batch Ended', batchId)).toBe(true);
  expect(jobs.filter((job) => !told('Job Ended', String(job['jobId'])))).toEqual([]);
  expect(items.filter((item) => item['unpublished'] !== undefined)).toEqual([]);
};
