import { metricNames } from '#shared/metrics.ts';
import { publishEnded } from '#shared/outbox/publish-ended.ts';
import {
  type Announced,
  describeAnnounced,
  noteFailure,
  setEndAside,
  type Try,
  unpublishedBatches,
  unpublishedJobs,
  unpublishedThresholds,
} from '#shared/outbox/unpublished.ts';
import type { DispatchContext } from './context.ts';
import { pageSize, workThrough } from './work-through.ts';

// An end is published right after it is written; only a crash leaves it longer. Thresholds are published by
// dispatch alone, those of this very millisecond included.
const kinds = {
  jobs: { find: unpublishedJobs, slackMs: 30_000 },
  batches: { find: unpublishedBatches, slackMs: 30_000 },
  thresholds: { find: unpublishedThresholds, slackMs: -1 },
} as const;

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
export const recoverEnds = async (context: EndsContext, kind: keyof typeof kinds): Promise<number> => {
  const { table } = context;
  const { find, slackMs } = kinds[kind];
  const before = table.clock.now() - slackMs;
  const publishAll = (which: Try) =>
    workThrough<Announced>(table.clock, find(table, which, before, pageSize), maxMs, (ended) =>
      tryToPublish(context, ended),
    );
  const fresh = await publishAll('first');
  return fresh + (await publishAll('again'));
};

const tryToPublish = async (context: EndsContext, ended: Announced): Promise<boolean> => {
  const { table, log, recordMetric } = context;
  const id = describeAnnounced(ended);
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
