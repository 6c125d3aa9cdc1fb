import type { DurableContext } from '@aws/durable-execution-sdk-js';
import pMap from 'p-map';
import { condition } from '#shared/aws/expressions.ts';
import { removeItem } from '#shared/aws/table.ts';
import type { Batch } from '#shared/batches/batch.ts';
import { lineJobSchema, lineJobs } from '#shared/batches/batch-jobs.ts';
import { advanceBatch, type BatchRun } from '#shared/batches/batch-progress.ts';
import { batchKey, jobIdOfLine } from '#shared/batches/batch-store.ts';
import { eraseSkippedLines } from '#shared/batches/line-items.ts';
import { isFinal } from '#shared/jobs/job.ts';
import type { InboxContext } from '../context.ts';
import { eraseBatchFiles } from './batch-files.ts';
import { eraseFinishedJob, eraseRemains } from './erase-job.ts';

/** How many lines are erased in one step. */
const linesInStep = 1_000;
const concurrency = 16;
// An invocation of a function ends after 15 minutes; after this many steps the execution goes on in another one.
const stepsInInvocation = 25;

/** What erasing a batch led to; `stale` if another execution has taken over. */
export type ErasureEnd = { state: 'erased' | 'stale' };

/**
 * Erases a batch: the jobs of its lines with their outputs, the lines that are no jobs, its files, and at last its record, which leads
 * to all of them. Each part can be done again, so that it does not matter where it was interrupted.
 */
export const eraseBatch = async (context: DurableContext, inbox: InboxContext, run: BatchRun): Promise<ErasureEnd> => {
  const { lines } = await context.step('begin to erase', async () => ({
    lines: (await renew(inbox, run))?.lines ?? 0,
  }));
  let steps = 0;
  for (let first = 1; first <= lines; first += linesInStep) {
    const last = Math.min(lines, first + linesInStep - 1);
    const isOurs = await context.step(`erase from line ${first}`, () => eraseLines(inbox, run, { first, last }));
    if (!isOurs) return { state: 'stale' };
    steps += 1;
    if (steps % stepsInInvocation === 0) await context.wait('next invocation', { seconds: 1 });
  }
  return context.step('erase the batch', () => eraseRest(inbox, run));
};

/** The batch, and as much time as a step may take, if no newer execution has taken over. */
const renew = ({ table }: InboxContext, run: BatchRun): Promise<Batch | undefined> =>
  advanceBatch(table, run, { from: ['erasing'], to: 'erasing' });

const eraseLines = async (
  inbox: InboxContext,
  run: BatchRun,
  range: { first: number; last: number },
): Promise<boolean> => {
  if ((await renew(inbox, run)) === undefined) return false;
  for await (const { first, last, jobs } of lineJobs(inbox.table, run.batchId, range, lineJobSchema())) {
    const lines = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const eraseLine = (line: number): Promise<void> => {
      const job = jobs.get(line);
      if (job === undefined) return eraseRemains(inbox, jobIdOfLine(run.batchId, line));
      if (!isFinal(job.state)) throw new TypeError('A job of a batch that has ended has not.');
      return eraseFinishedJob(inbox, job);
    };
    await pMap(lines, eraseLine, { concurrency });
  }
  return true;
};

const eraseRest = async (inbox: InboxContext, run: BatchRun): Promise<ErasureEnd> => {
  const { table, log } = inbox;
  const batch = await renew(inbox, run);
  if (batch === undefined) return { state: 'stale' };
  await eraseSkippedLines(table, run.batchId);
  await eraseBatchFiles(inbox, batch);
  const isErased = await removeItem(
    table,
    batchKey(run.batchId),
    condition`#state = ${'erasing'} AND #run = ${run.run}`,
  );
  if (isErased) log.info('batch erased', { batchId: run.batchId, lines: batch.lines });
  return { state: isErased ? 'erased' : 'stale' };
};
