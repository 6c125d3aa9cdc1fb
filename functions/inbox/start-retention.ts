import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { linesAtOnce, readLineJobs } from '#shared/batches/batch-jobs.ts';
import type { Work } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { type IdleLine, idleLines, putIdleLines } from '#shared/batches/line-items.ts';
import { conditionalUpdate } from '#shared/jobs/conditional-update.ts';
import { jobKey } from '#shared/jobs/job-item.ts';
import { inParallel } from './in-parallel.ts';
import type { Parts } from './parts.ts';

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
 */
export const startRetention = async (
  context: DurableContext,
  parts: Parts,
  { batchId }: Work,
  lines: number,
): Promise<void> => {
  for (let first = 1; first <= lines; first += linesInStep) {
    const last = Math.min(lines, first + linesInStep - 1);
    await context.step(`keep from line ${first}`, () => keepJobs(parts, batchId, { first, last }));
    if (last % (linesInStep * stepsInInvocation) === 0) await context.wait('next invocation', { seconds: 1 });
  }
  await context.step('keep other lines', () => keepIdleLines(parts, batchId));
};

const keepJobs = async (
  parts: Parts,
  batchId: string,
  { first, last }: { first: number; last: number },
): Promise<void> => {
  const { table } = parts;
  const expiresAt = await expiryOf(parts, batchId);
  for (let from = first; from <= last; from += linesAtOnce) {
    const to = Math.min(last, from + linesAtOnce - 1);
    const jobs = await readLineJobs(table, batchId, { first: from, last: to }, ['jobId']);
    await inParallel([...jobs.values()], jobsAtOnce, async ({ jobId }) => {
      await conditionalUpdate(table, jobKey(String(jobId)), {
        expression: 'SET expiresAt = :expiresAt',
        condition: 'attribute_exists(pk)',
        values: { ':expiresAt': expiresAt },
      });
    });
  }
};

const keepIdleLines = async (parts: Parts, batchId: string): Promise<void> => {
  const expiresAt = await expiryOf(parts, batchId);
  let some: IdleLine[] = [];
  for await (const line of idleLines(parts.table, batchId)) {
    some.push(line);
    if (some.length < linesAtOnce) continue;
    await putIdleLines(parts.table, batchId, some, expiresAt);
    some = [];
  }
  await putIdleLines(parts.table, batchId, some, expiresAt);
};

/** Epoch seconds. */
const expiryOf = async ({ table }: Parts, batchId: string): Promise<number> => {
  const { retentionSeconds = 0 } = (await getBatch(table, batchId)) ?? {};
  return Math.ceil(table.clock.now() / 1000) + retentionSeconds + marginSeconds;
};
