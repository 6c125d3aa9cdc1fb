import { claimRun, type DueBatch, dueBatches, needsRun, postponeCheck } from '#shared/batches/open-batches.ts';
import { tryPublishEnded } from '#shared/outbox/publish-ended.ts';
import { unpublishedBatches } from '#shared/outbox/unpublished.ts';
import { type DispatchContext, runExecutionName } from './context.ts';

// The end of a batch is published right after it is written; only a crash leaves it longer.
const publishSlackMs = 30_000;
// Looked at side by side.
const atOnce = 25;
// Bound the work of one run; the next minute goes on. Thousands of files may have been dropped at once.
const maxPages = 20;
const maxMs = 20_000;

type BatchesContext = Pick<DispatchContext, 'table' | 'bus' | 'startRun' | 'log'>;

/**
 * Starts a durable execution for every batch that has something to do: a file to be read, a crash to recover from, a
 * cancellation, a report. Ends that were not published are published.
 */
export const scheduleBatches = async (context: BatchesContext): Promise<{ runs: number; batchesPublished: number }> => {
  const { table } = context;
  const endsAt = table.clock.now() + maxMs;
  let runs = 0;
  let pages = 0;
  for await (const page of dueBatches(table, atOnce)) {
    const started = await Promise.all(page.map((due) => tryToStartRun(context, due)));
    runs += started.filter(Boolean).length;
    pages += 1;
    if (pages === maxPages || table.clock.now() >= endsAt) break;
  }
  return { runs, batchesPublished: await publishEnds(context) };
};

const publishEnds = async (context: BatchesContext): Promise<number> => {
  const { table } = context;
  let published = 0;
  for (const batch of await unpublishedBatches(table, table.clock.now() - publishSlackMs, atOnce)) {
    if (await tryPublishEnded(context, batch)) published += 1;
  }
  return published;
};

const tryToStartRun = async (context: BatchesContext, due: DueBatch): Promise<boolean> => {
  try {
    return await startDueRun(context, due);
  } catch (error) {
    // One batch that cannot be written must not keep the others waiting; it stays due.
    const { batchId } = due.batch;
    context.log.error('A batch could not be looked at; the next run tries again.', { batchId, error: String(error) });
    return false;
  }
};

const startDueRun = async ({ table, startRun, log }: BatchesContext, due: DueBatch): Promise<boolean> => {
  if (!needsRun(due.batch, table.clock.now())) {
    await postponeCheck(table, due);
    return false;
  }
  const batch = await claimRun(table, due);
  if (batch === undefined) return false;
  const run = { batchId: batch.batchId, run: batch.run };
  try {
    await startRun(run, runExecutionName(run));
    return true;
  } catch (error) {
    // It is due again when the execution would have to be lost.
    log.error('The durable execution of a batch could not be started.', { ...run, error: String(error) });
    return false;
  }
};
