import type { Job } from '#shared/jobs/job.ts';
import { overdueJobs } from '#shared/jobs/lanes/queue.ts';
import { requeue } from '#shared/jobs/lanes/turn.ts';
import { unknownOutcome } from '#shared/jobs/set-aside.ts';
import { endJob, resumeTurn } from '#shared/jobs/transitions.ts';
import { metricNames } from '#shared/metrics.ts';
import { tryPublishEnded } from '#shared/outbox/publish-ended.ts';
import { unpublishedJobs } from '#shared/outbox/unpublished.ts';
import { type DispatchContext, turnExecutionName } from './context.ts';
import { setAside } from './set-aside.ts';

// After the time of a turn the fence lets nothing pass; the rest covers a write that is on its way.
const startSlackMs = 5_000;
// The end of a job is published right after it is written; only a crash leaves it longer.
const publishSlackMs = 30_000;
// Bounds the work of one run; the next minute goes on.
const batch = 25;

/** What recovery works with. */
export type RecoverContext = Pick<DispatchContext, 'table' | 'bus' | 'startTurn' | 'log' | 'recordMetric'>;

/**
 * Finds what a crash left behind: turns that never started go back into the queue, ends that were not published are
 * published, and jobs whose durable execution died are followed by a new one.
 */
export const recoverJobs = async (
  context: RecoverContext,
): Promise<{ requeued: number; resumed: number; published: number }> => {
  const { table } = context;
  const now = table.clock.now();
  let requeued = 0;
  for (const job of await overdueJobs(table, 'scheduled', now - startSlackMs, batch)) {
    await attempt(context, job, async () => {
      if ((await requeue(table, job, { sent: false })) !== undefined) requeued += 1;
    });
  }
  let resumed = 0;
  for (const job of await overdueJobs(table, 'active', now, batch)) {
    await attempt(context, job, async () => {
      if (await recoverActive(context, job)) resumed += 1;
    });
  }
  let published = 0;
  for (const job of await unpublishedJobs(table, now - publishSlackMs, batch)) {
    if (await tryPublishEnded(context, job)) published += 1;
  }
  return { requeued, resumed, published };
};

/** Does something for one job; its failure must not keep the others waiting. */
const attempt = async (context: RecoverContext, job: Job, act: () => Promise<void>): Promise<void> => {
  try {
    await act();
  } catch (error) {
    await setAside(context, job, error);
  }
};

const recoverActive = async (context: RecoverContext, job: Job): Promise<boolean> => {
  const { table, startTurn, log, recordMetric } = context;
  if (job.state === 'submitting') {
    const ended = await endJob(table, job, ['submitting'], { to: 'failed', error: unknownOutcome });
    if (ended !== undefined) {
      recordMetric(metricNames.submitOutcomeUnknown, 1);
      recordMetric(metricNames.jobsFailed, 1);
      await tryPublishEnded(context, ended);
    }
    return false;
  }
  const taken = await resumeTurn(table, job);
  if (taken === undefined) return false;
  log.warn('The durable execution of a job was lost; another one takes over.', {
    jobId: job.jobId,
    resumes: taken.resumes,
  });
  try {
    await startTurn(taken, turnExecutionName(taken, taken.resumes));
    return true;
  } catch (error) {
    // One job that cannot be followed must not keep all others from their permits; it is overdue again later.
    log.error('The durable execution of a job could not be started.', { jobId: job.jobId, error: String(error) });
    return false;
  }
};
