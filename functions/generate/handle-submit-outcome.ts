import type { SubmitOutcome } from '#shared/adobe/services/submit.ts';
import type { Job } from '#shared/jobs/job.ts';
import { findLane, type Lane } from '#shared/jobs/lanes/lane.ts';
import { clearTrials, type Pause, pauseLane } from '#shared/jobs/lanes/pauses.ts';
import { endJob, type JobEnd, lostAfterMs, transition } from '#shared/jobs/transitions.ts';
import { metricNames } from '#shared/metrics.ts';
import type { GenerateContext } from './context.ts';
import { requeueTurn, type Submitted } from './turn.ts';

// Adobe's limit counts in minutes; without a Retry-After a whole window is waited.
const defaultRetryAfterMs = 60_000;
const maxPauseMs = 60 * 60_000;
/** Answers of 408, 500 and 503, or refusals of uploads, after which a job is given up. */
const maxAttempts = 3;

/** Writes down what a submit led to, right after its answer and before the step's own checkpoint. */
export const handleSubmitOutcome = async (
  context: GenerateContext,
  job: Job,
  outcome: SubmitOutcome,
  { trialLevel, tokenVersion }: { trialLevel: number; tokenVersion: string },
): Promise<Submitted> => {
  const lane = findLane(context.lanes, job.lane);
  const now = context.table.clock.now();
  switch (outcome.kind) {
    case 'accepted':
      await recordAccepted(context, job, outcome.job);
      if (trialLevel > 0) await clearTrials(lane);
      return { kind: 'at_adobe' };
    case 'rate_limited':
      await tryPause(context, lane, {
        until: now + (outcome.retryAfterMs ?? defaultRetryAfterMs),
        reason: 'rate_limited',
        level: trialLevel,
      });
      return requeueTurn(context, job, { sent: true, dispatchNow: true });
    case 'quota_exhausted':
      await pauseAfterRefusal(context, job, 'quota_exhausted', trialLevel);
      return requeueTurn(context, job, { sent: true, dispatchNow: false });
    case 'token_refused':
      return handleTokenRefused(context, job, { trialLevel, tokenVersion });
    case 'try_again': {
      const changes = { attempts: job.attempts + 1, error: upstreamError(outcome.error) };
      return changes.attempts >= maxAttempts
        ? end(context, job, { to: 'failed', ...changes })
        : requeueTurn(context, job, { sent: true, changes, dispatchNow: true });
    }
    case 'not_sent':
      // The permit stays taken: with Adobe out of reach it keeps the job from being tried again and again at once.
      context.log.warn('Adobe could not be reached.', { jobId: job.jobId, reason: outcome.reason });
      return requeueTurn(context, job, { sent: true, dispatchNow: true });
    case 'rejected':
      return end(context, job, { to: 'failed', error: upstreamError(outcome.error) });
    case 'unknown':
      return endUnknown(context, job, outcome.reason, outcome.status);
  }
};

const recordAccepted = async (
  { table, pollingPolicyFor }: GenerateContext,
  job: Job,
  accepted: Extract<SubmitOutcome, { kind: 'accepted' }>['job'],
) => {
  const now = table.clock.now();
  await transition(table, job, {
    from: ['submitting'],
    to: 'running',
    order: new Date(now + pollingPolicyFor(job).timeoutSeconds * 1000 + lostAfterMs).toISOString(),
    changes: {
      upstream: { ...accepted, acceptedAt: new Date(now).toISOString() },
      tokenRefusals: undefined,
      error: undefined,
    },
  });
};

/** A refused token is replaced first; if a new token was refused as well, no submit passes until an operator has acted. */
const handleTokenRefused = async (
  context: GenerateContext,
  job: Job,
  { trialLevel, tokenVersion }: { trialLevel: number; tokenVersion: string },
): Promise<Submitted> => {
  const tokenRefusals = (job.tokenRefusals ?? 0) + 1;
  let renewed = tokenRefusals === 1;
  try {
    await context.tokens.refused(tokenVersion);
  } catch (error) {
    context.log.error('The refused token could not be replaced.', { jobId: job.jobId, error: String(error) });
    renewed = false;
  }
  if (!renewed) await pauseAfterRefusal(context, job, 'token_refused', trialLevel);
  return requeueTurn(context, job, { sent: true, changes: { tokenRefusals }, dispatchNow: renewed });
};

/** Stops the queue while Adobe refuses all work, longer after each trial that was refused as well, and raises the alarm. */
export const pauseAfterRefusal = async (
  context: GenerateContext,
  job: Pick<Job, 'lane'>,
  reason: Pause['reason'],
  trialLevel: number,
): Promise<void> => {
  const { lanes, table, log, recordMetric } = context;
  const pauseMs = Math.min(maxPauseMs, 60_000 * 2 ** trialLevel);
  const until = table.clock.now() + pauseMs;
  await tryPause(context, findLane(lanes, job.lane), { until, reason, level: trialLevel + 1 });
  recordMetric(metricNames.queuePaused, 1);
  log.error('The queue is paused: Adobe refuses all work.', {
    lane: job.lane,
    reason,
    pauseSeconds: pauseMs / 1000,
  });
};

/** A pause that cannot be written must not decide about the job: Adobe refused it, so that it is requeued all the same. */
const tryPause = async ({ log }: GenerateContext, lane: Lane, pause: Pause): Promise<void> => {
  try {
    await pauseLane(lane, pause);
  } catch (error) {
    log.error('The lane could not be paused; the next refusal tries again.', { lane: lane.name, error: String(error) });
  }
};

/** Ends a job whose request may have reached Adobe while its answer was lost: it is never sent, and paid for, a second time. */
export const endUnknown = async (
  context: GenerateContext,
  job: Job,
  reason: string,
  upstreamStatus?: number,
): Promise<Submitted> => {
  context.recordMetric(metricNames.submitOutcomeUnknown, 1);
  const message = `${reason} Adobe may have taken the job, and it was not sent again, as it may be billed.`;
  return end(context, job, { to: 'failed', error: { code: 'submit_outcome_unknown', message, upstreamStatus } });
};

const end = async ({ table, recordMetric }: GenerateContext, job: Job, jobEnd: JobEnd): Promise<Submitted> => {
  if ((await endJob(table, job, ['submitting'], jobEnd)) !== undefined) recordMetric(metricNames.jobsFailed, 1);
  return { kind: 'over' };
};

const upstreamError = ({ code, message, status }: { code: string; message: string; status: number }) => ({
  code,
  message,
  upstreamStatus: status,
});
