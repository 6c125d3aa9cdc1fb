import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { type Job, type JobError, requestOf, type Turn } from '#shared/jobs/job.ts';
import { readRequest } from '#shared/jobs/request-store.ts';
import { createAdobeAnswer } from './adobe-answer.ts';
import type { GenerateContext } from './context.ts';
import { endUnsuccessful } from './end-job.ts';
import { findPollDelays, type PollDelays } from './first-poll.ts';
import { hasPreparedInputs, noInputs, type Prepared, prepareInputs } from './inputs.ts';
import { pollUntilEnd } from './poll.ts';
import { storeOutputs } from './store-outputs.ts';
import { submitOnce } from './submit.ts';
import { secondsUntilWake, waitUntil } from './submit-time.ts';
import { endUnsent, loseTurn, readTurnJob, type Submitted, type TurnEnd } from './turn.ts';
import { isOfJob, unsendable } from './unsendable.ts';

type Plan =
  | { kind: 'stale' }
  /** The job can never be sent and has ended. */
  | { kind: 'over' }
  | {
      kind: 'submit';
      lane: string;
      submitAt: number;
      waitSeconds: number;
      hasInputs: boolean;
      delays: PollDelays;
    }
  | { kind: 'poll'; delays: PollDelays };

/** The life of a job under one permit, top to bottom. Everything that is not a step is repeated at each resume. */
export const runJob = async (durable: DurableContext, turn: Turn, context: GenerateContext): Promise<TurnEnd> => {
  const plan = await durable.step('plan', () => planTurn(context, turn));
  if (plan.kind === 'stale') return { state: 'stale' };
  const publish = () => durable.step('publish', () => endUnsuccessful(context, turn, undefined));
  if (plan.kind === 'over') return publish();

  if (plan.kind === 'submit') {
    const submitted = await submitInTime(durable, context, turn, plan);
    if (submitted.kind === 'over') return publish();
    if (submitted.kind === 'requeued') {
      if (submitted.dispatchNow) await durable.step('dispatch', () => context.triggerDispatch());
      return { state: 'queued' };
    }
  }

  const answer = createAdobeAnswer(context);
  const { ended, turnEnd } = await pollUntilEnd(durable, context, turn, answer, plan.delays);
  if (turnEnd !== undefined) return turnEnd;
  if (ended?.kind !== 'succeeded') return durable.step('end', () => endUnsuccessful(context, turn, ended));
  const stored = await storeOutputs(durable, context, turn, answer);
  // The poll may have ended the job and failed to publish that.
  return stored.state === 'stale' ? publish() : stored;
};

/** The job has waited longer than its request is kept. */
const requestLost: JobError = {
  code: 'request_expired',
  message: 'The job has waited for so long that its request is not kept any more. Send it again.',
};

const planTurn = async (context: GenerateContext, turn: Turn): Promise<Plan> => {
  const job = await readTurnJob(context, turn);
  if (job === undefined) return { kind: 'stale' };
  if (job.state !== 'scheduled') return planFollowing(context, job);
  try {
    return await planSubmit(context, job);
  } catch (error) {
    if (!isOfJob(error)) throw error;
    context.log.error('A job cannot be sent.', { jobId: turn.jobId, error: String(error) });
    await endUnsent(context, job, unsendable);
    return { kind: 'over' };
  }
};

const planFollowing = async (context: GenerateContext, job: Job): Promise<Plan> => {
  if (job.state !== 'running' && job.state !== 'storing') return { kind: 'stale' };
  return { kind: 'poll', delays: await findPollDelays(context, job) };
};

const planSubmit = async (context: GenerateContext, job: Job): Promise<Plan> => {
  if (job.submitAt === undefined) return { kind: 'stale' };
  const [request, delays] = await Promise.all([readRequest(context.table, job), findPollDelays(context, job)]);
  if (request === undefined) {
    await endUnsent(context, job, requestLost);
    return { kind: 'over' };
  }
  const hasInputs = hasPreparedInputs(requestOf(request));
  const waitSeconds = secondsUntilWake(context, job);
  return { kind: 'submit', lane: job.lane, submitAt: job.submitAt, waitSeconds, hasInputs, delays };
};

const inputsNotPrepared: JobError = {
  code: 'inputs_not_prepared',
  message: 'Its inputs could not be prepared; the log says why.',
};

// What the step does before the fence takes less, as a rule: a checkpoint, the token, the request.
const stepAheadMs = 400;

const submitInTime = async (
  durable: DurableContext,
  context: GenerateContext,
  turn: Turn,
  plan: Extract<Plan, { kind: 'submit' }>,
): Promise<Submitted> => {
  let prepared: Prepared = { kind: 'ready', inputs: noInputs, waitSeconds: plan.waitSeconds };
  if (plan.hasInputs) {
    try {
      prepared = await prepareInputs(durable, context, turn);
    } catch (error) {
      context.log.error('The inputs of a job could not be prepared.', { jobId: turn.jobId, error: String(error) });
      return durable.step('lose turn', () => loseTurn(context, turn, inputsNotPrepared));
    }
  }
  if (prepared.kind === 'ended') return prepared.turn;
  if (prepared.waitSeconds > 0) await durable.wait('submit time', { seconds: prepared.waitSeconds });
  // A crash while it waits here costs nothing; one within the submit's step, where the rest is waited for, costs the turn.
  await waitUntil(context, plan.submitAt - stepAheadMs);
  return submitOnce(durable, context, { ...turn, lane: plan.lane, submitAt: plan.submitAt }, prepared.inputs);
};
