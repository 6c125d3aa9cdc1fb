import type { Finished, Unsuccessful } from '#shared/adobe/services/job-progress.ts';
import { classifyFailure } from '#shared/adobe/services/refusal.ts';
import { operationOf, serviceOf, services } from '#shared/adobe/services/registry.ts';
import type { Job } from '#shared/jobs/job.ts';
import { findLane, type Lane } from '#shared/jobs/lanes/lane.ts';
import { clearTrialsOfEnds, isPaused, type Pause, pauseLane, readPauses } from '#shared/jobs/lanes/pauses.ts';
import { metricNames } from '#shared/metrics.ts';
import type { GenerateContext } from './context.ts';

const firstPauseMs = 60_000;
const maxPauseMs = 60 * 60_000;

/** Why all work of a lane is refused, and Adobe's code for it. */
type Refusal = Pick<Pause, 'reason' | 'code' | 'isOfEnds'>;

/**
 * Stops the queue while Adobe refuses all work, longer after each trial that was refused as well, and raises the alarm.
 *
 * @param trialLevel how many trials in a row were refused before
 */
export const pauseAfterRefusal = async (
  context: GenerateContext,
  job: Pick<Job, 'jobId' | 'lane'>,
  { reason, code, isOfEnds }: Refusal,
  trialLevel: number,
): Promise<void> => {
  const { lanes, table, log, recordMetric } = context;
  const pauseMs = Math.min(maxPauseMs, firstPauseMs * 2 ** trialLevel);
  const until = table.clock.now() + pauseMs;
  const pause = { until, reason, level: trialLevel + 1, code, isOfEnds };
  await tryPause(context, findLane(lanes, job.lane), pause);
  for (const lane of findOthers(context, job, reason)) await tryPauseOther(context, lane, pause);
  recordMetric(metricNames.queuePaused, 1);
  log.error('The queue is paused: Adobe refuses all work.', {
    lane: job.lane,
    jobId: job.jobId,
    reason,
    code,
    pauseSeconds: pauseMs / 1000,
  });
};

/** The other lanes of which Adobe would refuse all work for the same reason: a token is that of all services, a right that of one. */
const findOthers = ({ lanes }: GenerateContext, job: Pick<Job, 'lane'>, reason: Pause['reason']): Lane[] => {
  const others = [...lanes.values()].filter(({ name }) => name !== job.lane);
  if (reason === 'token_refused') return others;
  if (reason !== 'access_refused') return [];
  const own = services.find((service) => service.lanes.some(({ name }) => name === job.lane));
  return others.filter(({ name }) => own?.lanes.some((lane) => lane.name === name));
};

/** A pause that stands is not made longer, and one that cannot be read is met again by the lane's own next submit. */
const tryPauseOther = async (context: GenerateContext, lane: Lane, pause: Pause): Promise<void> => {
  try {
    const pauses = await readPauses(lane);
    if (!isPaused({ pause: pauses.pause }, context.table.clock.now())) await pauseLane(lane, pause);
  } catch (error) {
    context.log.error('The lane could not be paused; its next refusal tries again.', {
      lane: lane.name,
      error: String(error),
    });
  }
};

const reasonsOfEnds = { quota: 'quota_exhausted', access: 'access_refused' } as const;

/**
 * Does what the end of a job at Adobe means for its lane. With a code of the contract it would be the end of the jobs behind it as
 * well, so that the lane pauses as after a refused submit; it opens again when a trial has succeeded, not when one is accepted.
 */
export const heedEnd = async (
  context: GenerateContext,
  job: Pick<Job, 'jobId' | 'lane' | 'operation' | 'isTrial'>,
  end: Finished | Unsuccessful,
): Promise<void> => {
  if (end.kind === 'succeeded') {
    if (job.isTrial) await clearTrialsOfEnds(findLane(context.lanes, job.lane));
    return;
  }
  const ofContract = classifyFailure(end, serviceOf(operationOf(job)).dialect);
  if (ofContract === undefined) return;
  await pauseUnlessPaused(context, job, { reason: reasonsOfEnds[ofContract], code: end.code, isOfEnds: true });
};

/** The same where a refusal is met beside a submit, by many jobs at once: a pause that stands is not made longer. */
export const pauseUnlessPaused = async (
  context: GenerateContext,
  job: Pick<Job, 'jobId' | 'lane'>,
  refusal: Refusal,
): Promise<void> => {
  const { pause } = await readPauses(findLane(context.lanes, job.lane));
  if (isPaused({ pause }, context.table.clock.now())) return;
  await pauseAfterRefusal(context, job, refusal, pause?.level ?? 0);
};

/** A pause that cannot be written must not decide about the job: Adobe refused it, so that it is requeued all the same. */
export const tryPause = async ({ log }: GenerateContext, lane: Lane, pause: Pause): Promise<void> => {
  try {
    await pauseLane(lane, pause);
  } catch (error) {
    log.error('The lane could not be paused; the next refusal tries again.', { lane: lane.name, error: String(error) });
  }
};
