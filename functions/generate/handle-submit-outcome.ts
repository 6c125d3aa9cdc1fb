import type { AdobeError } from '#shared/adobe/http/errors.ts';
import { operationOf } from '#shared/adobe/services/registry.ts';
import type { AcceptedJob } from '#shared/adobe/services/service.ts';
import type { SubmitOutcome } from '#shared/adobe/services/submit.ts';
import type { Job, JobError } from '#shared/jobs/job.ts';
import { findLane } from '#shared/jobs/lanes/lane.ts';
import { clearTrials } from '#shared/jobs/lanes/pauses.ts';
import { awaitOutputs } from '#shared/jobs/lost-answer.ts';
import { forgetSecretHeaders } from '#shared/jobs/request-store.ts';
import { endJob, type JobEnd, lostAfterMs, transition } from '#shared/jobs/transitions.ts';
import { metricNames } from '#shared/metrics.ts';
import type { GenerateContext } from './context.ts';
import { hideTexts } from './hide-texts.ts';
import { describeUnknown } from './lost-answer.ts';
import { pauseAfterRefusal, tryPause } from './pause-lane.ts';
import { requeueTurn, type Submitted } from './turn.ts';

// Adobe's limit counts in minutes; without a Retry-After a whole window is waited.
const defaultRetryAfterMs = 60_000;
/** Answers of 408, 500 and 503, or refusals of uploads, after which a job is given up. */
const maxAttempts = 3;
/** Refused accesses, each after others were accepted, from which on the job itself is at fault. */
const maxOpenRefusals = 3;

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
      await recordAccepted(context, job, outcome.job, trialLevel > 0);
      await tryForgetSecrets(context, job);
      if (trialLevel > 0) await clearTrials(lane);
      return { kind: 'at_adobe' };
    case 'answered':
      await recordAccepted(context, job, {}, trialLevel > 0);
      if (trialLevel > 0) await clearTrials(lane);
      return { kind: 'at_adobe' };
    case 'rate_limited':
      context.recordMetric(metricNames.rateLimited, 1, { lane: lane.name });
      await tryPause(context, lane, {
        until: now + (outcome.retryAfterMs ?? defaultRetryAfterMs),
        reason: 'rate_limited',
        level: trialLevel,
      });
      return requeueTurn(context, job, { sent: true, dispatchNow: true });
    case 'quota_exhausted':
      await pauseAfterRefusal(context, job, { reason: 'quota_exhausted', code: outcome.error.code }, trialLevel);
      return requeueTurn(context, job, { sent: true, dispatchNow: false });
    case 'access_refused':
      return handleLockedOut(context, job, outcome.error, { reason: 'access_refused', trialLevel });
    case 'intercepted':
      return handleLockedOut(context, job, describeIntercepted(outcome.error), { reason: 'intercepted', trialLevel });
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
      return handleUnknown(context, job, outcome.reason, outcome.status);
  }
};

/**
 * Writes down that Adobe has taken a job.
 *
 * @param accepted where it can be followed; nothing of one that Adobe has answered with its result
 * @param isTrial whether it was sent to see if a pause is over
 */
export const recordAccepted = async (
  { table, pollingPolicyFor }: GenerateContext,
  job: Job,
  accepted: Partial<AcceptedJob>,
  isTrial = false,
) => {
  const now = table.clock.now();
  await transition(table, job, {
    from: ['submitting'],
    to: 'running',
    order: new Date(now + pollingPolicyFor(job).timeoutSeconds * 1000 + lostAfterMs).toISOString(),
    changes: {
      upstream: { ...accepted, acceptedAt: new Date(now).toISOString() },
      isTrial: isTrial || undefined,
      tokenRefusals: undefined,
      accessRefusals: undefined,
      error: undefined,
    },
  });
};

/** Adobe has the caller's secrets, and no turn follows. What a crash or a failure leaves is erased with the end of the job. */
const tryForgetSecrets = async ({ table, log }: GenerateContext, job: Job): Promise<void> => {
  if (operationOf(job).secretHeaders === undefined) return;
  try {
    await forgetSecretHeaders(table, job);
  } catch (error) {
    log.warn('The secrets of a request could not be erased yet.', { jobId: job.jobId, error: String(error) });
  }
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
  if (!renewed) await pauseAfterRefusal(context, job, { reason: 'token_refused' }, trialLevel);
  return requeueTurn(context, job, { sent: true, changes: { tokenRefusals }, dispatchNow: renewed });
};

/**
 * The credential may not use the service, or something in between lets nothing pass: no other job would be taken either, so
 * the lane pauses and the job waits. Only a job that is refused again and again while others are accepted is refused for
 * itself.
 */
const handleLockedOut = async (
  context: GenerateContext,
  job: Job,
  error: Pick<AdobeError, 'code' | 'message' | 'status'>,
  { reason, trialLevel }: { reason: 'access_refused' | 'intercepted'; trialLevel: number },
): Promise<Submitted> => {
  const { all, open } = job.accessRefusals ?? { all: 0, open: 0 };
  const accessRefusals = { all: all + 1, open: open + (trialLevel === 0 ? 1 : 0) };
  if (accessRefusals.open >= maxOpenRefusals) return end(context, job, { to: 'failed', error: upstreamError(error) });
  await pauseAfterRefusal(context, job, { reason, code: error.code }, trialLevel);
  return requeueTurn(context, job, { sent: true, changes: { accessRefusals }, dispatchNow: false });
};

/**
 * Handles a job whose request may have reached Adobe while its answer was lost: it is never sent, and paid for, a second time. It is
 * followed where its outputs can tell what became of it, and ends elsewhere.
 */
export const handleUnknown = async (
  context: GenerateContext,
  job: Job,
  reason: string,
  upstreamStatus?: number,
): Promise<Submitted> => {
  const lost = { reason, upstreamStatus };
  if ((await awaitOutputs(context.table, job, lost)) !== undefined) return { kind: 'at_adobe' };
  context.recordMetric(metricNames.submitOutcomeUnknown, 1);
  const { code, message } = describeUnknown(lost);
  return end(context, job, { to: 'failed', error: { code, message, upstreamStatus } });
};

const end = async (context: GenerateContext, job: Job, jobEnd: JobEnd): Promise<Submitted> => {
  const told = await hideTexts(context, job, jobEnd);
  const ended = await endJob(context.table, job, ['submitting'], told);
  if (ended !== undefined) context.recordMetric(metricNames.jobsFailed, 1);
  return { kind: 'over' };
};

const describeIntercepted = ({ status }: AdobeError) => ({
  code: 'request_intercepted',
  message: `A proxy or firewall between the gateway and Adobe refused the request with HTTP status ${status}.`,
  status,
});

const upstreamError = ({
  code,
  message,
  status,
  validationErrors,
}: Pick<AdobeError, 'code' | 'message' | 'status' | 'validationErrors'>): JobError => ({
  code,
  message,
  upstreamStatus: status,
  validationErrors,
});
