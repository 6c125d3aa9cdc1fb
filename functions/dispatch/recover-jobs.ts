import type { Table } from '#shared/aws/table.ts';
import type { EventBus } from '#shared/events/publish.ts';
import type { Job } from '#shared/jobs/job.ts';
import { overdueJobs } from '#shared/jobs/queue.ts';
import type { QuotaLimits } from '#shared/jobs/quota.ts';
import { resumeTurn } from '#shared/jobs/resume.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { requeue } from '#shared/jobs/turn.ts';
import { metricNames } from '#shared/metrics.ts';
import type { Log, RecordMetric } from '#shared/observability.ts';
import { tryPublishEnded } from '#shared/outbox/publish-ended.ts';
import { unpublishedJobs } from '#shared/outbox/unpublished.ts';
import { setAside, unknownOutcome } from './set-aside.ts';
import { executionName, type StartTurn } from './start-turn.ts';

// Beyond the grace the fence lets nothing pass; the rest covers a write that is on its way.
const startSlackMs = 5_000;
// The end of a job is published right after it is written; only a crash leaves it longer.
const publishSlackMs = 30_000;
// Bounds the work of one run; the next minute goes on.
const batch = 25;

/** What recovery works with. */
export interface RecoverJobs {
  table: Table;
  limits: QuotaLimits;
  bus: EventBus;
  startTurn: StartTurn;
  log: Log;
  recordMetric: RecordMetric;
}

/**
 * Finds what a crash left behind: turns that never started go back into the queue, ends that were not published are
 * published, and jobs whose durable execution died are followed by a new one.
 */
export const recoverJobs = async (
  parts: RecoverJobs,
): Promise<{ requeue: number; resumed: number; published: number }> => {
  const { table, limits } = parts;
  const now = table.clock.now();
  let returned = 0;
  for (const job of await overdueJobs(table, 'scheduled', now - limits.submitGraceMs - startSlackMs, batch)) {
    await attempt(parts, job, async () => {
      if ((await requeue(table, limits, job, { sent: false })) !== undefined) returned += 1;
    });
  }
  let resumed = 0;
  for (const job of await overdueJobs(table, 'active', now, batch)) {
    await attempt(parts, job, async () => {
      if (await recoverActive(parts, job)) resumed += 1;
    });
  }
  let published = 0;
  for (const job of await unpublishedJobs(table, now - publishSlackMs, batch)) {
    if (await tryPublishEnded(parts, job)) published += 1;
  }
  return { requeue: returned, resumed, published };
};

/** Does something for one job; its failure must not keep the others waiting. */
const attempt = async (parts: RecoverJobs, job: Job, act: () => Promise<void>): Promise<void> => {
  try {
    await act();
  } catch (error) {
    await setAside(parts, job, error);
  }
};

const recoverActive = async (parts: RecoverJobs, job: Job): Promise<boolean> => {
  const { table, startTurn, log, recordMetric } = parts;
  if (job.state === 'submitting') {
    const ended = await endJob(table, job, ['submitting'], { to: 'failed', error: unknownOutcome });
    if (ended !== undefined) {
      recordMetric(metricNames.submitOutcomeUnknown, 1);
      recordMetric(metricNames.jobsFailed, 1);
      await tryPublishEnded(parts, ended);
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
    await startTurn(taken, executionName(taken, taken.resumes));
    return true;
  } catch (error) {
    // One job that cannot be followed must not keep all others from their permits; it is overdue again later.
    log.error('The durable execution of a job could not be started.', { jobId: job.jobId, error: String(error) });
    return false;
  }
};
