import { type DurableContext, StepSemantics } from '@aws/durable-execution-sdk-js';
import { type AccessToken, TokenUnavailableError } from '#shared/adobe/auth/access-token.ts';
import { type SubmitOutcome, submit } from '#shared/adobe/services/submit.ts';
import { forgetUpload } from '#shared/inputs/upload-ids.ts';
import type { HeldPermit, Job, JobError, Turn } from '#shared/jobs/job.ts';
import type { SentJob } from '#shared/jobs/job-store.ts';
import { findLane, type Lane, maxStrayMs, maxUnansweredMs } from '#shared/jobs/lanes/lane.ts';
import { settlePermits } from '#shared/jobs/lanes/permits.ts';
import { passFence } from '#shared/jobs/lanes/turn.ts';
import { metricNames } from '#shared/metrics.ts';
import type { GenerateContext } from './context.ts';
import { findPollDelays, type PollDelays } from './first-poll.ts';
import { handleSubmitOutcome, handleUnknown, recordAccepted } from './handle-submit-outcome.ts';
import type { PreparedInputs } from './inputs.ts';
import { hasKeptAnswer, keepAnswer } from './kept-answer.ts';
import { pauseUnlessPaused } from './pause-lane.ts';
import { repeatWrite } from './repeat-write.ts';
import { type BuiltRequest, buildRequest } from './request.ts';
import { isLate, waitUntil } from './submit-time.ts';
import { endUnsent, loseTurn, readSentJob, readTurnJob, requeueTurn, type Submitted, type TurnOver } from './turn.ts';
import { describeLost, isOfJob, requestLost, unsendable } from './unsendable.ts';

/** A turn, the lane whose limits it is submitted under, and its submit time (epoch ms). */
type LaneTurn = Turn & Pick<Job, 'lane'> & { submitAt: number };

/** What the submit led to, with when to ask for a job that Adobe has. */
export type SubmitEnd = { kind: 'at_adobe'; delays: PollDelays } | TurnOver;

/**
 * Submits the job to Adobe at most once in its turn: a submit may cost money and Adobe knows no idempotency key. Should the
 * function die in the middle, the step is not repeated, and the job's record tells how far it came.
 */
export const submitOnce = async (
  durable: DurableContext,
  context: GenerateContext,
  turn: LaneTurn,
  inputs: PreparedInputs,
): Promise<SubmitEnd> => {
  try {
    return await durable.step('submit', () => passAndSubmit(context, turn, inputs), {
      semantics: StepSemantics.AtMostOncePerRetry,
      retryStrategy: () => ({ shouldRetry: false }),
    });
  } catch (error) {
    context.log.warn('The submit of a job was interrupted.', { jobId: turn.jobId, error: String(error) });
    return durable.step('after interruption', () => afterInterruption(context, turn));
  }
};

const passAndSubmit = async (context: GenerateContext, turn: LaneTurn, inputs: PreparedInputs): Promise<SubmitEnd> => {
  let token: AccessToken;
  try {
    // Read before the fence: fetching a new token may take longer than the fence allows.
    token = await context.tokens.get();
  } catch (error) {
    return giveUpWithoutToken(context, turn, error);
  }
  const sent = await readSentJob(context, turn);
  if (sent?.job.state !== 'scheduled') return { kind: 'over' };
  const built = await tryToBuild(context, sent, inputs);
  if ('kind' in built) return built;
  const lane = findLane(context.lanes, turn.lane);
  await waitUntil(context, turn.submitAt);
  const isLateTurn = isLate(turn.submitAt, context.table.clock.now());
  const verdict = await passFence(lane, turn, { read: sent.job, incoming: built.incoming });
  if (verdict.kind === 'stale') return { kind: 'over' };
  const isTooLate = verdict.kind === 'give_up' && verdict.reason === 'late';
  if (isLateTurn || isTooLate) context.recordMetric(metricNames.lateTurns, 1);
  if (verdict.kind === 'give_up') {
    context.log.info('turn given up', { ...turn, reason: verdict.reason });
    const dispatchNow = ['late', 'early', 'no_slot', 'caller_paused'].includes(verdict.reason);
    return requeueTurn(context, verdict.job, { sent: false, dispatchNow });
  }
  const { job, trialLevel, permits } = verdict;
  const outcome = await submit(built.operation, built.submission, token, context.table.clock.now);
  const answeredAt = context.table.clock.now();
  const circumstances = { trialLevel, tokenVersion: token.versionId, inputs };
  const submitted = await repeatWrite(context, async () => {
    if (outcome.kind === 'answered') await keepAnswer(context, job, outcome.text);
    return handleAnswer(context, job, outcome, circumstances);
  });
  const isLost = outcome.kind === 'unknown' && outcome.status === undefined;
  const [told] = await Promise.all([
    tellDelays(context, job, submitted),
    trySettle(context, lane, permits, answeredAt + (isLost ? maxStrayMs : 0)),
  ]);
  return told;
};

const tellDelays = async (context: GenerateContext, job: Job, submitted: Submitted): Promise<SubmitEnd> =>
  submitted.kind === 'at_adobe' ? { ...submitted, delays: await findPollDelays(context, job) } : submitted;

/** What is to be sent; or the end of the turn, if it cannot be built. */
const tryToBuild = async (
  context: GenerateContext,
  { job, request }: SentJob,
  inputs: PreparedInputs,
): Promise<BuiltRequest | TurnOver> => {
  try {
    return request === undefined
      ? await endUnsent(context, job, requestLost)
      : await buildRequest(context, job, request, inputs);
  } catch (error) {
    context.log.error('A request could not be built.', { jobId: job.jobId, error: String(error) });
    return isOfJob(error) ? endUnsent(context, job, unsendable) : loseTurn(context, job, describeLost(error));
  }
};

/** A permit that cannot be settled comes free when nothing can be under way any more; the job goes on. */
const trySettle = async (
  context: GenerateContext,
  lane: Lane,
  permits: readonly HeldPermit[],
  arrivedBy: number,
): Promise<void> => {
  try {
    await settlePermits(lane, permits, arrivedBy);
  } catch (error) {
    context.log.warn('The permits of a submit could not be settled.', { lane: lane.name, error: String(error) });
  }
};

const handleAnswer = async (
  context: GenerateContext,
  job: Job,
  outcome: SubmitOutcome,
  { inputs, ...circumstances }: { trialLevel: number; tokenVersion: string; inputs: PreparedInputs },
): Promise<Submitted> => {
  if (!mayMissUploads(outcome, inputs)) return handleSubmitOutcome(context, job, outcome, circumstances);
  const settled = await handleSubmitOutcome(context, job, { kind: 'try_again', error: outcome.error }, circumstances);
  await Promise.all(inputs.reused.map((upload) => forgetUpload(context.table, upload)));
  return settled;
};

// Adobe does not say how it refuses an upload that it has lost before its time.
const statusesOfLostUploads = [400, 404, 422];

/** Whether a refusal may be about an upload of an earlier job rather than about this one; with new uploads it would be sure. */
const mayMissUploads = (
  outcome: SubmitOutcome,
  { reused }: PreparedInputs,
): outcome is Extract<SubmitOutcome, { kind: 'rejected' }> =>
  outcome.kind === 'rejected' &&
  !outcome.ofContent &&
  reused.length > 0 &&
  statusesOfLostUploads.includes(outcome.error.status);

/** Nothing was sent. Dispatching at once would go round in circles, so the job waits for a pause or the next minute. */
const giveUpWithoutToken = async (context: GenerateContext, turn: Turn, error: unknown): Promise<TurnOver> => {
  context.log.error('There is no token for a submit.', { jobId: turn.jobId, error: String(error) });
  const job = await readTurnJob(context, turn);
  if (job?.state !== 'scheduled') return { kind: 'over' };
  if (error instanceof TokenUnavailableError) {
    await pauseUnlessPaused(context, job, { reason: 'token_refused' });
  }
  return requeueTurn(context, job, { sent: false, dispatchNow: false });
};

const submitNotReached: JobError = {
  code: 'submit_not_reached',
  message: 'The turn was interrupted before its submit.',
};

/** The step started but did not end: what is certain stands in the job's record. */
const afterInterruption = async (context: GenerateContext, turn: Turn): Promise<SubmitEnd> => {
  const job = await readTurnJob(context, turn);
  if (job === undefined) return { kind: 'requeued', dispatchNow: false };
  return tellDelays(context, job, await findOut(context, job));
};

const findOut = async (context: GenerateContext, job: Job): Promise<Submitted> => {
  if (job.state === 'queued') return { kind: 'requeued', dispatchNow: true };
  if (job.state === 'scheduled') return loseTurn(context, job, submitNotReached);
  if (job.state === 'submitting' && (await hasKeptAnswer(context, job))) {
    await recordAccepted(context, job, {});
    return { kind: 'at_adobe' };
  }
  if (job.state === 'submitting') {
    const submitted = await handleUnknown(context, job, 'The connection to Adobe was interrupted.');
    // The invocation that submitted has ended, or has its answer: whatever it has sent, it sent before now.
    const sentBy = Math.min(context.table.clock.now(), job.submitBy ?? Number.POSITIVE_INFINITY);
    await trySettle(context, findLane(context.lanes, job.lane), job.permits ?? [], sentBy + maxUnansweredMs);
    return submitted;
  }
  return { kind: job.state === 'running' || job.state === 'storing' ? 'at_adobe' : 'over' };
};
