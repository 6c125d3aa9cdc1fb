import type { Batch } from '#shared/batches/batch.ts';
import type { Job } from '#shared/jobs/job.ts';
import { metricNames } from '#shared/metrics.ts';
import { publishEnded } from '#shared/outbox/publish-ended.ts';
import { noteFailure, setEndAside, type Try, unpublishedBatches, unpublishedJobs } from '#shared/outbox/unpublished.ts';
import type { DispatchContext } from './context.ts';
import { pageSize, workThrough } from './work-through.ts';

// An end is published right after it is written; only a crash leaves it longer.
const publishSlackMs = 30_000;
// For the ends of jobs or batches that are tried for the first time, and again for those that failed before.
const maxMs = 4_000;

/** What publishing left ends works with. */
export type EndsContext = Pick<DispatchContext, 'table' | 'bus' | 'log' | 'recordMetric'>;

/**
 * Publishes the ends that a crash kept from being published. One that fails makes room for those behind it and is tried apart;
 * one that cannot be published for good is set aside, with an alarm.
 *
 * @returns how many were published
 */
export const recoverEnds = async (context: EndsContext, kind: 'jobs' | 'batches'): Promise<number> => {
  const { table } = context;
  const find = kind === 'jobs' ? unpublishedJobs : unpublishedBatches;
  const before = table.clock.now() - publishSlackMs;
  const publishAll = (which: Try) =>
    workThrough<Job | Batch>(table.clock, find(table, which, before, pageSize), maxMs, (ended) =>
      tryToPublish(context, ended),
    );
  const fresh = await publishAll('first');
  return fresh + (await publishAll('again'));
};

const tryToPublish = async (context: EndsContext, ended: Job | Batch): Promise<boolean> => {
  const { table, log, recordMetric } = context;
  const id = 'jobId' in ended ? { jobId: ended.jobId } : { batchId: ended.batchId };
  try {
    await publishEnded(context, ended);
    return true;
  } catch (error) {
    log.warn('An end could not be published.', { ...id, error: String(error) });
    try {
      if ((await noteFailure(table, ended, error)) === 'hopeless') {
        await setEndAside(table, ended);
        recordMetric(metricNames.endsSetAside, 1);
        log.error('An end cannot be published and is set aside.', {
          ...id,
          code: 'end_unpublishable',
          error: String(error),
        });
      }
    } catch (failure) {
      log.error('The failure of an end could not be noted; the next run tries again.', {
        ...id,
        error: String(failure),
      });
    }
    return false;
  }
};
