import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { dispatchNow } from '#shared/aws/invoke-dispatch.ts';
import { linesAtOnce, readLineJobs } from '#shared/batches/batch-jobs.ts';
import { advanceBatch, type Work } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { cancelJob } from '#shared/jobs/cancel.ts';
import { announce } from '#shared/jobs/events.ts';
import { isFinal, type JobState } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import type { Parts } from '../context.ts';
import { inParallel } from '../in-parallel.ts';

/** So many lines are cancelled in one step. */
export const linesInStep = 2_000;
const jobsAtOnce = 16;
// A function's invocation may last 15 minutes; after so many steps the next one goes on.
const stepsInInvocation = 50;

/**
 * Cancels the jobs of a batch whose caller has asked for that: those that wait end at once and free their turn, those that
 * Adobe works on are cancelled there. The last jobs go first, so that none is begun in the meantime.
 */
export const cancelJobs = async (context: DurableContext, parts: Parts, work: Work): Promise<void> => {
  const lines = await context.step('cancel', () => linesToCancel(parts, work));
  if (lines === 0) return;
  let steps = 0;
  for (let last = lines; last > 0; last -= linesInStep) {
    const isOurs = await context.step(`cancel to line ${last}`, () => cancelLines(parts, work, last));
    if (!isOurs) return;
    steps += 1;
    if (steps % stepsInInvocation === 0) await context.wait('next invocation', { seconds: 1 });
  }
  await context.step('cancelled', async () => {
    const cancelledAt = new Date(parts.table.clock.now()).toISOString();
    await advanceBatch(parts.table, work, { from: ['running'], to: 'running', changes: { cancelledAt } });
    await dispatchNow(parts);
  });
};

const linesToCancel = async ({ table }: Parts, { batchId, work }: Work): Promise<number> => {
  const batch = await getBatch(table, batchId);
  const isAsked = batch?.works === work && batch.cancelRequestedAt !== undefined && batch.cancelledAt === undefined;
  return isAsked && batch.state === 'running' ? (batch.lines ?? 0) : 0;
};

const cancelLines = async (parts: Parts, work: Work, end: number): Promise<boolean> => {
  for (let last = end; last > Math.max(0, end - linesInStep); last -= linesAtOnce) {
    const first = Math.max(1, last - linesAtOnce + 1);
    const jobs = await readLineJobs(parts.table, work.batchId, { first, last }, ['jobId', 'state']);
    const open = [...jobs.values()].filter(({ state }) => !isFinal(state as JobState));
    await inParallel(open, jobsAtOnce, ({ jobId }) => cancelOne(parts, String(jobId)));
  }
  return (await advanceBatch(parts.table, work, { from: ['running'], to: 'running' })) !== undefined;
};

const cancelOne = async ({ table, limits, bus, log }: Parts, jobId: string): Promise<void> => {
  const job = await getJob(table, jobId);
  const cancellation = job && (await cancelJob(table, limits, job));
  if (cancellation?.outcome !== 'cancelled') return;
  try {
    await announce(table, bus, cancellation.job);
  } catch (error) {
    log.warn('The end of a job could not be announced; dispatch does it.', { jobId, error: String(error) });
  }
};
