import { type DurableContext, StepSemantics } from '@aws/durable-execution-sdk-js';
import { type AccessToken, TokenUnavailableError } from '#shared/adobe/auth/access-token.ts';
import { operationOf } from '#shared/adobe/services/registry.ts';
import { type SubmitOutcome, submit } from '#shared/adobe/services/submit.ts';
import { withUploads } from '#shared/inputs/sources.ts';
import { forgetUpload } from '#shared/inputs/upload-ids.ts';
import type { HeldPermit } from '#shared/jobs/job.ts';
import { type Job, requestOf, type Turn } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { findLane, type Lane } from '#shared/jobs/lanes/lane.ts';
import { isPaused, readPauses } from '#shared/jobs/lanes/pauses.ts';
import { settlePermits } from '#shared/jobs/lanes/permits.ts';
import { passFence } from '#shared/jobs/lanes/turn.ts';
import type { Parts } from './context.ts';
import { endUnknown, handleSubmitOutcome, pauseAfterRefusal } from './handle-submit-outcome.ts';
import { requeueTurn, type Submitted } from './requeue.ts';
import type { UploadedInputs } from './upload-inputs.ts';

/** A turn and the lane whose limits it is submitted under. */
type LaneTurn = Turn & Pick<Job, 'lane'>;

/**
 * Submits the job to Adobe at most once in its turn: a submit may cost money and Adobe knows no idempotency key. Should the
 * function die in the middle, the step is not repeated, and the job's record tells how far it came.
 */
export const submitOnce = async (
  context: DurableContext,
  parts: Parts,
  turn: LaneTurn,
  inputs: UploadedInputs,
): Promise<Submitted> => {
  try {
    return await context.step('submit', () => passAndSubmit(parts, turn, inputs), {
      semantics: StepSemantics.AtMostOncePerRetry,
      retryStrategy: () => ({ shouldRetry: false }),
    });
  } catch (error) {
    parts.log.warn('The submit of a job was interrupted.', { jobId: turn.jobId, error: String(error) });
    return context.step('after interruption', () => afterInterruption(parts, turn));
  }
};

const passAndSubmit = async (parts: Parts, turn: LaneTurn, inputs: UploadedInputs): Promise<Submitted> => {
  let token: AccessToken;
  try {
    // Read before the fence: fetching a new token may take longer than the fence allows.
    token = await parts.tokens.get();
  } catch (error) {
    return giveUpWithoutToken(parts, turn, error);
  }
  const lane = findLane(parts.lanes, turn.lane);
  const verdict = await passFence(lane, turn);
  if (verdict.kind === 'stale') return { kind: 'over' };
  if (verdict.kind === 'give_up') {
    parts.log.info('turn given up', { ...turn, reason: verdict.reason });
    const dispatchNow = ['late', 'early', 'no_slot'].includes(verdict.reason);
    return requeueTurn(parts, verdict.job, { sent: false, dispatchNow });
  }
  const { job, trialLevel, permits } = verdict;
  const outcome: SubmitOutcome = await submit(
    operationOf(job),
    {
      baseUrl: parts.fireflyUrl,
      body: requestFor(job, inputs.uploads),
      modelVersion: job.modelVersion,
      requestId: `${job.jobId}-${job.turn}`,
    },
    token,
    parts.table.clock.now,
  );
  const answeredAt = parts.table.clock.now();
  const submitted = await handleAnswer(parts, job, outcome, { trialLevel, tokenVersion: token.versionId, inputs });
  // Without an answer nothing says when the request arrives: its permits stay taken for as long as it may be under way.
  if (outcome.kind !== 'unknown' || outcome.status !== undefined) await trySettle(parts, lane, permits, answeredAt);
  return submitted;
};

/** A permit that cannot be settled comes free a minute later; the job goes on. */
const trySettle = async (parts: Parts, lane: Lane, permits: HeldPermit[], answeredAt: number): Promise<void> => {
  try {
    await settlePermits(lane, permits, answeredAt);
  } catch (error) {
    parts.log.warn('The permits of a submit could not be settled.', { lane: lane.name, error: String(error) });
  }
};

const handleAnswer = async (
  parts: Parts,
  job: Job,
  outcome: SubmitOutcome,
  { inputs, ...circumstances }: { trialLevel: number; tokenVersion: string; inputs: UploadedInputs },
): Promise<Submitted> => {
  if (!mayMissUploads(outcome, inputs)) return handleSubmitOutcome(parts, job, outcome, circumstances);
  const settled = await handleSubmitOutcome(parts, job, { kind: 'try_again', error: outcome.error }, circumstances);
  await Promise.all(inputs.reused.map((upload) => forgetUpload(parts.table, upload)));
  return settled;
};

// Adobe does not say how it refuses an upload that it has lost before its time.
const statusesOfLostUploads = [400, 404, 422];

/** Whether a refusal may be about an upload of an earlier job rather than about this one; with new uploads it would be sure. */
const mayMissUploads = (
  outcome: SubmitOutcome,
  { reused }: UploadedInputs,
): outcome is Extract<SubmitOutcome, { kind: 'rejected' }> =>
  outcome.kind === 'rejected' && reused.length > 0 && statusesOfLostUploads.includes(outcome.error.status);

const requestFor = (job: Job, uploads: UploadedInputs['uploads']): string =>
  Object.keys(uploads).length === 0 ? job.request : JSON.stringify(withUploads(requestOf(job), uploads));

/** Nothing was sent. Dispatching at once would go round in circles, so the job waits for a pause or the next minute. */
const giveUpWithoutToken = async (parts: Parts, { jobId, turn }: Turn, error: unknown): Promise<Submitted> => {
  parts.log.error('There is no token for a submit.', { jobId, error: String(error) });
  const job = await getJob(parts.table, jobId);
  if (job?.state !== 'scheduled' || job.turn !== turn) return { kind: 'over' };
  if (error instanceof TokenUnavailableError) {
    const { pause } = await readPauses(findLane(parts.lanes, job.lane));
    const isKnown = isPaused({ pause }, parts.table.clock.now());
    if (!isKnown) await pauseAfterRefusal(parts, job, 'token_refused', pause?.level ?? 0);
  }
  return requeueTurn(parts, job, { sent: false, dispatchNow: false });
};

/** The step started but did not end: what is certain stands in the job's record. */
const afterInterruption = async (parts: Parts, turn: Turn): Promise<Submitted> => {
  const job: Job | undefined = await getJob(parts.table, turn.jobId);
  if (job === undefined || job.turn !== turn.turn) return { kind: 'requeued', dispatchNow: false };
  if (job.state === 'queued') return { kind: 'requeued', dispatchNow: true };
  if (job.state === 'scheduled') return requeueTurn(parts, job, { sent: false, dispatchNow: true });
  if (job.state === 'submitting') return endUnknown(parts, job, 'The connection to Adobe was interrupted.');
  return { kind: job.state === 'running' || job.state === 'storing' ? 'at_adobe' : 'over' };
};
