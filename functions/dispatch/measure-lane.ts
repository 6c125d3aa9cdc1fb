import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { headOfQueue } from '#shared/jobs/lanes/queue.ts';
import { queueDepth } from '#shared/jobs/lanes/queue-counts.ts';
import { metricNames } from '#shared/metrics.ts';
import { priorities } from '#shared/priority.ts';
import type { DispatchContext } from './context.ts';

// A caller's jobs stand in the order in which they came, so that the oldest of all is near the head.
const headLength = 25;

/**
 * Records how many jobs wait in a lane and for how long. Of an empty lane it records nothing: CloudWatch charges for each metric that
 * has values.
 *
 * @returns how many wait, counted up to 1,000
 */
export const measureLane = async (
  { table, recordMetric }: Pick<DispatchContext, 'table' | 'recordMetric'>,
  lane: Lane,
): Promise<number> => {
  const waiting = await queueDepth(lane);
  if (waiting === 0) return 0;
  const heads = await Promise.all(priorities.map((priority) => headOfQueue(lane, priority, headLength)));
  const [oldest] = heads.flat().sort();
  recordMetric(metricNames.jobsWaiting, waiting, { lane: lane.name });
  if (oldest !== undefined) {
    const seconds = Math.max(0, Math.round((table.clock.now() - Date.parse(oldest)) / 1000));
    recordMetric(metricNames.oldestWaitingSeconds, seconds, { lane: lane.name });
  }
  return waiting;
};
