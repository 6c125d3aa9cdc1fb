import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { hasPreparedInputs } from '#shared/inputs/check-inputs.ts';
import { type Job, type JobError, requestOf, type Turn } from '#shared/jobs/job.ts';
import { readRequest } from '#shared/jobs/request-store.ts';
import type { PlannedSubmit, StartedTurn } from '#shared/jobs/started-turn.ts';
import { createAdobeAnswer } from './adobe-answer.ts';
import type { GenerateContext } from './context.ts';
import { endUnsuccessful } from './end-job.ts';
import { findPollDelays, type PollDelays } from './first-poll.ts';
import { noInputs, type Prepared, prepareInputs } from './inputs.ts';
import { pollUntilEnd } from './poll.ts';
import { storeOutputs } from './store-outputs.ts';
import { type SubmitEnd, submitOnce } from './submit.ts';
import { secondsUntilPlannedWake, secondsUntilWake, waitUntil } from './submit-time.ts';
import { endUnsent, loseTurn, readTurnJob, type TurnEnd } from './turn.ts';
import { isOfJob, requestLost, unsendable } from './unsendable.ts';

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
      /** Of an execution that an earlier version has begun. */
      delays?: PollDelays;
    }
  | { kind: 'poll'; delays: PollDelays };

/** The life of a job under one permit, top to bottom. Everything that is not a step is repeated at each resume. */
export const runJob = async (
  durable: DurableContext,
  { jobId, turn: number, submit }: StartedTurn,
  context: GenerateContext,
): Promise<TurnEnd> => {
  const turn = { jobId, turn: number };
  const plan =
    submit === undefined ? await durable.step('plan', () => planTurn(context, turn)) : planStarted(context, submit);
  if (plan.kind === 'stale') return { state: 'stale' };
  const publish = () => durable.step('publish', () => endUnsuccessful(context, turn, undefined));
  if (plan.kind === 'over') return publish();

  let delays: PollDelays;
  if (plan.kind === 'submit') {
    const submitted = await submitInTime(durable, context, turn, plan);
    if (submitted.kind === 'over') return publish();
    if (submitted.kind === 'requeued') {
      if (submitted.dispatchNow) await durable.step('dispatch', () => context.triggerDispatch('turns'));
      return { state: 'queued' };
    }
    delays = plan.delays ?? submitted.delays;
  } else delays = plan.delays;

  const answer = createAdobeAnswer(context);
  const { ended, turnEnd } = await pollUntilEnd(durable, context, turn, answer, delays);
  if (turnEnd !== undefined) return turnEnd;
  if (ended?.kind !== 'succeeded') return durable.step('end', () => endUnsuccessful(context, turn, ended));
  const stored = await storeOutputs(durable, context, turn, answer);
  // The poll may have ended the job and failed to publish that.
  return stored.state === 'stale' ? publish() : stored;
};

/** The plan that dispatch has made: the job has no inputs, and its request is read by the step that submits. */
const planStarted = (context: GenerateContext, submit: PlannedSubmit): Extract<Plan, { kind: 'submit' }> => ({
  kind: 'submit',
  lane: submit.lane,
  submitAt: submit.submitAt,
  waitSeconds: secondsUntilPlannedWake(context, submit),
  hasInputs: false,
});

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
  const request = await readRequest(context.table, job);
  if (request === undefined) {
    await endUnsent(context, job, requestLost);
    return { kind: 'over' };
  }
  const hasInputs = hasPreparedInputs(requestOf(request));
  const waitSeconds = secondsUntilWake(context, job);
  return { kind: 'submit', lane: job.lane, submitAt: job.submitAt, waitSeconds, hasInputs };
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
): Promise<SubmitEnd> => {
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
