import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { gatewaySourcesIn } from '#shared/inputs/sources.ts';
import { requestOf, type Turn } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import type { Parts } from './context.ts';
import { pollUntilEnd } from './poll.ts';
import { publishJobEnded, type TurnEnd } from './publish-job-ended.ts';
import { recordUpstreamFailure } from './record-upstream-failure.ts';
import type { Submitted } from './requeue.ts';
import { storeOutputs } from './store-outputs.ts';
import { submitOnce } from './submit-once.ts';
import { secondsUntil } from './submit-time.ts';
import { uploadInputs } from './upload-inputs.ts';

type Plan =
  | { kind: 'stale' }
  | { kind: 'submit'; lane: string; waitSeconds: number; hasInputs: boolean; firstPollSeconds: number }
  | { kind: 'follow'; firstPollSeconds: number };

/** The life of a job under one permit, top to bottom. Everything that is not a step is repeated at each resume. */
export const runJob = async (context: DurableContext, turn: Turn, parts: Parts): Promise<TurnEnd> => {
  const plan = await context.step('plan', () => planTurn(parts, turn));
  if (plan.kind === 'stale') return { state: 'stale' };

  if (plan.kind === 'submit') {
    const submitted = await submitInTime(context, parts, turn, plan);
    if (submitted.kind === 'over') return context.step('announce', () => publishJobEnded(parts, turn));
    if (submitted.kind === 'requeued') {
      if (submitted.dispatchNow) await context.step('dispatch', () => parts.triggerDispatch());
      return { state: 'queued' };
    }
  }

  const progress = await pollUntilEnd(context, parts, turn, plan.firstPollSeconds);
  if (progress?.kind === 'succeeded') return storeOutputs(context, parts, turn, progress);
  return context.step('end', async () => {
    if (progress !== undefined) await recordUpstreamFailure(parts, turn, progress);
    return publishJobEnded(parts, turn);
  });
};

const planTurn = async ({ table, pollingPolicyFor }: Parts, { jobId, turn }: Turn): Promise<Plan> => {
  const job = await getJob(table, jobId);
  if (job === undefined || job.turn !== turn) return { kind: 'stale' };
  const { firstPollSeconds } = pollingPolicyFor(job);
  if (job.state === 'running' || job.state === 'storing') return { kind: 'follow', firstPollSeconds };
  if (job.state !== 'scheduled' || job.submitAt === undefined) return { kind: 'stale' };
  const hasInputs = gatewaySourcesIn(requestOf(job)).length > 0;
  const waitSeconds = secondsUntil(job.submitAt, table.clock);
  return { kind: 'submit', lane: job.lane, waitSeconds, hasInputs, firstPollSeconds };
};

const submitInTime = async (
  context: DurableContext,
  parts: Parts,
  turn: Turn,
  plan: Extract<Plan, { kind: 'submit' }>,
): Promise<Submitted> => {
  const brought = plan.hasInputs
    ? await uploadInputs(context, parts, turn)
    : { kind: 'ready' as const, inputs: { uploads: {}, reused: [] }, waitSeconds: plan.waitSeconds };
  if (brought.kind === 'ended') return brought.turn;
  if (brought.waitSeconds > 0) await context.wait('submit time', { seconds: brought.waitSeconds });
  return submitOnce(context, parts, { ...turn, lane: plan.lane }, brought.inputs);
};
