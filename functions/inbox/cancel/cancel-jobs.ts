import type { DurableContext } from '@aws/durable-execution-sdk-js';
import pMap from 'p-map';
import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import { UnreadableItemError } from '#shared/aws/items.ts';
import { lineJobSchema, lineJobs } from '#shared/batches/batch-jobs.ts';
import { advanceBatch, type BatchRun } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { isFinal } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { cancelJob } from '#shared/jobs/lanes/cancel.ts';
import { isRefusedWrite } from '#shared/jobs/set-aside.ts';
import { once } from '#shared/once.ts';
import { tryPublishEnded } from '#shared/outbox/publish-ended.ts';
import type { InboxContext } from '../context.ts';

/** How many lines are cancelled in one step. */
export const linesInStep = 2_000;
const concurrency = 16;
const openJob = once(() => lineJobSchema().pick({ jobId: true, state: true }));
// An invocation of a function ends after 15 minutes; after this many steps the execution goes on in another one.
const stepsInInvocation = 50;

/**
 * Cancels the jobs of a batch whose caller has asked for that: those that wait end at once and free their turn, those that
 * Adobe works on are cancelled there. The last jobs go first, so that none is begun in the meantime.
 */
export const cancelJobs = async (context: DurableContext, inbox: InboxContext, run: BatchRun): Promise<void> => {
  const lines = await context.step('cancel', () => countLinesToCancel(inbox, run));
  if (lines === 0) return;
  let steps = 0;
  for (let last = lines; last > 0; last -= linesInStep) {
    const isOurs = await context.step(`cancel to line ${last}`, () => cancelLines(inbox, run, last));
    if (!isOurs) return;
    steps += 1;
    if (steps % stepsInInvocation === 0) await context.wait('next invocation', { seconds: 1 });
  }
  await context.step('cancelled', async () => {
    const cancelledAt = new Date(inbox.table.clock.now()).toISOString();
    await advanceBatch(inbox.table, run, { from: ['running'], to: 'running', changes: { cancelledAt } });
    await tryTriggerDispatch(inbox);
  });
};

const countLinesToCancel = async ({ table }: InboxContext, { batchId, run }: BatchRun): Promise<number> => {
  const batch = await getBatch(table, batchId);
  const isAsked = batch?.run === run && batch.cancelRequestedAt !== undefined && batch.cancelledAt === undefined;
  return isAsked && batch.state === 'running' ? (batch.lines ?? 0) : 0;
};

const cancelLines = async (inbox: InboxContext, run: BatchRun, end: number): Promise<boolean> => {
  const lines = { first: Math.max(1, end - linesInStep + 1), last: end, descending: true };
  for await (const { jobs } of lineJobs(inbox.table, run.batchId, lines, openJob())) {
    const open = [...jobs.values()].filter(({ state }) => !isFinal(state));
    await pMap(open, ({ jobId }) => cancelOne(inbox, jobId), { concurrency });
  }
  return (await advanceBatch(inbox.table, run, { from: ['running'], to: 'running' })) !== undefined;
};

/**
 * A job whose record cannot be read, or takes no further step, does not keep the others from being cancelled: dispatch sets
 * it aside when its turn comes.
 */
const cancelOne = async (inbox: InboxContext, jobId: string): Promise<void> => {
  const { table, log } = inbox;
  try {
    const job = await getJob(table, jobId);
    const cancellation = job && (await cancelJob(table, job));
    if (cancellation?.outcome === 'cancelled') await tryPublishEnded(inbox, cancellation.job);
  } catch (error) {
    if (!isRefusedWrite(error) && !(error instanceof UnreadableItemError)) throw error;
    log.error('A job of a batch could not be cancelled.', { jobId, error: String(error) });
  }
};
