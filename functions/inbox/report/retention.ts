import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { exists } from '#shared/aws/expressions.ts';
import { updateItem } from '#shared/aws/table.ts';
import type { Batch } from '#shared/batches/batch.ts';
import { lineJobSchema, lineJobs, linesInPage } from '#shared/batches/batch-jobs.ts';
import { advanceBatch, type BatchRun } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { type SkippedLine, saveSkippedLines, skippedLines } from '#shared/batches/line-items.ts';
import { jobKey } from '#shared/jobs/job-item.ts';
import type { InboxContext } from '../context.ts';
import { inParallel } from '../in-parallel.ts';

const linesInStep = 10_000;
const jobsAtOnce = 16;
// A function's invocation may last 15 minutes; after so many steps the next one goes on.
const stepsInInvocation = 20;
// A retry that is asked for in the last moment of the batch still finds its jobs.
const marginSeconds = 86_400;

/**
 * Has the records of a batch's lines expire, now that the report is written: until then each of them was needed, however
 * long the batch took.
 *
 * @param lines number of lines of the batch
 * @returns false if another execution has taken over
 */
export const startRetention = async (
  context: DurableContext,
  inbox: InboxContext,
  run: BatchRun,
  lines: number,
): Promise<boolean> => {
  for (let first = 1; first <= lines; first += linesInStep) {
    const last = Math.min(lines, first + linesInStep - 1);
    const isOurs = await context.step(`keep from line ${first}`, () => keepJobs(inbox, run, { first, last }));
    if (!isOurs) return false;
    if (last % (linesInStep * stepsInInvocation) === 0) await context.wait('next invocation', { seconds: 1 });
  }
  await context.step('keep other lines', () => keepIdleLines(inbox, run.batchId));
  return true;
};

const keepJobs = async (
  { table }: InboxContext,
  run: BatchRun,
  { first, last }: { first: number; last: number },
): Promise<boolean> => {
  const batch = await advanceBatch(table, run, { from: ['reporting'], to: 'reporting' });
  if (batch === undefined) return false;
  const expiresAt = expiryOf(batch, table.clock.now());
  for await (const { jobs } of lineJobs(table, run.batchId, { first, last }, lineJobSchema.pick({ jobId: true }))) {
    await inParallel([...jobs.values()], jobsAtOnce, async ({ jobId }) => {
      await updateItem(table, jobKey(jobId), { set: { expiresAt }, when: exists });
    });
  }
  return true;
};

const keepIdleLines = async ({ table }: InboxContext, batchId: string): Promise<void> => {
  const batch = await getBatch(table, batchId);
  if (batch === undefined) return;
  const expiresAt = expiryOf(batch, table.clock.now());
  let some: SkippedLine[] = [];
  for await (const line of skippedLines(table, batchId)) {
    some.push(line);
    if (some.length < linesInPage) continue;
    await saveSkippedLines(table, batchId, some, expiresAt);
    some = [];
  }
  await saveSkippedLines(table, batchId, some, expiresAt);
};

/** Epoch seconds. */
const expiryOf = ({ retentionSeconds }: Batch, nowMs: number): number =>
  Math.ceil(nowMs / 1000) + retentionSeconds + marginSeconds;
