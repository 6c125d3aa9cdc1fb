import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { announce } from '#shared/jobs/events.ts';
import { isFinal, type JobState, type Turn } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { endAtAdobe } from './end-at-adobe.ts';
import type { Parts } from './parts.ts';
import { pollUntilEnd } from './poll.ts';
import { storeOutputs } from './store-outputs.ts';
import { submitOnce } from './submit-once.ts';

/** What a turn led to: a final state, back into the queue, or nothing because the job had moved on without it. */
export type TurnEnd = { state: JobState | 'stale' };

type Plan = { kind: 'stale' } | { kind: 'submit'; waitSeconds: number } | { kind: 'follow' };

/** The life of a job under one permit, top to bottom. Everything that is not a step is repeated at each resume. */
export const followTurn = async (context: DurableContext, turn: Turn, parts: Parts): Promise<TurnEnd> => {
  const plan = await context.step('plan', () => planTurn(parts, turn));
  if (plan.kind === 'stale') return { state: 'stale' };

  if (plan.kind === 'submit') {
    if (plan.waitSeconds > 0) await context.wait('submit time', { seconds: plan.waitSeconds });
    const submitted = await submitOnce(context, parts, turn);
    if (submitted.putBack !== undefined) {
      if (submitted.putBack.dispatchNow) await context.step('dispatch', () => parts.invokeDispatch());
      return { state: 'queued' };
    }
  }

  const progress = await pollUntilEnd(context, parts, turn);
  if (progress?.kind === 'succeeded') await storeOutputs(context, parts, turn, progress);
  else if (progress !== undefined) await context.step('end', () => endAtAdobe(parts, turn, progress));

  return context.step('announce', () => announceEnd(parts, turn));
};

/** A durable wait lasts whole seconds, so it is rounded up: too early would be refused by the fence. */
const planTurn = async ({ table }: Parts, { jobId, turn }: Turn): Promise<Plan> => {
  const job = await getJob(table, jobId);
  if (job === undefined || job.turn !== turn) return { kind: 'stale' };
  if (job.state === 'running' || job.state === 'storing') return { kind: 'follow' };
  if (job.state !== 'scheduled' || job.submitAt === undefined) return { kind: 'stale' };
  return { kind: 'submit', waitSeconds: Math.max(0, Math.ceil((job.submitAt - table.clock.now()) / 1000)) };
};

const announceEnd = async ({ table, bus, log }: Parts, { jobId, turn }: Turn): Promise<TurnEnd> => {
  const job = await getJob(table, jobId);
  if (job === undefined || job.turn !== turn || !isFinal(job.state)) return { state: 'stale' };
  await announce(table, bus, job);
  log.info('job ended', { jobId, state: job.state, turns: turn, attempts: job.attempts, errorCode: job.error?.code });
  return { state: job.state };
};
