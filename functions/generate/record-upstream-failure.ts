import type { JobProgress } from '#shared/adobe/services/service.ts';
import type { Turn } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { type MetricName, metricNames } from '#shared/metrics.ts';
import type { Parts } from './context.ts';

type Unsuccessful = Extract<JobProgress, { kind: 'failed' | 'cancelled' | 'timed_out' }>;

const metrics: Record<Unsuccessful['kind'], MetricName> = {
  failed: metricNames.jobsFailed,
  cancelled: metricNames.jobsCancelled,
  timed_out: metricNames.jobsTimedOut,
};

/** Ends a job that Adobe ended without a result, with Adobe's code and message. */
export const recordUpstreamFailure = async (
  { table, recordMetric }: Parts,
  turn: Turn,
  progress: Unsuccessful,
): Promise<void> => {
  const job = await getJob(table, turn.jobId);
  if (job === undefined || job.turn !== turn.turn) return;
  const { kind, code, message } = progress;
  const ended = await endJob(table, job, ['running', 'storing'], { to: kind, error: { code, message } });
  if (ended !== undefined) recordMetric(metrics[kind], 1);
};
