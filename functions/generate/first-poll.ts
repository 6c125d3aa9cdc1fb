import * as z from 'zod';
import type { PollingPolicy } from '#shared/adobe/services/operation.ts';
import { operationOf, serviceOf } from '#shared/adobe/services/registry.ts';
import { createItemParser } from '#shared/aws/items.ts';
import { getItem, ttlAfter, updateItem } from '#shared/aws/table.ts';
import { jobPartitions } from '#shared/deployment/tables.ts';
import type { Job } from '#shared/jobs/job.ts';
import { once } from '#shared/once.ts';
import type { GenerateContext } from './context.ts';
import { isSynchronous } from './kept-answer.ts';

/**
 * Each poll is an invocation and a durable operation, so that the first one waits for as long as most jobs of its operation and model
 * take. How long that is follows from how the polls before went: it shrinks a little with each job that was done by its first
 * poll, and grows towards the time of each that was not. At the balance of both about four of five jobs are done by it.
 */

/** When a job at Adobe is asked for, in seconds. */
export interface PollDelays {
  /** From the submit to the first poll; 0 where Adobe answers with the result. */
  firstPollSeconds: number;
  /** From there to the second; the others follow at growing distances. */
  secondPollSeconds: number;
}

/** How much longer each pause between polls is than the one before. */
export const pollGrowth = 1.5;
/** How far the first poll comes earlier after a job that was done by it. */
const shrink = 0.03;
/** How far it comes later after one that was not, as a share of what it was missed by; a single slow job does not delay all others. */
const stretch = 0.5;
const maxStretch = 1.3;
// A job that is not done when most are is done soon.
const secondShare = 1 / 6;
// The caller may ask for a cancellation, which the next poll passes on.
const maxFirstPollMs = 120_000;
const minFirstPollMs = 1_000;
// Polls come after whole seconds, so that a first poll may be later than the figure that it comes from.
const roundedMs = 500;
const keptSeconds = 90 * 86_400;

const learnedSchema = once(() => z.object({ firstPollMs: z.number().min(minFirstPollMs).max(maxFirstPollMs) }));
const parseLearned = createItemParser(learnedSchema);

type Polled = Pick<Job, 'operation' | 'modelVersion'>;

// What others learn meanwhile is lost to this process for as long, and costs a poll at most.
const knownMs = 10_000;

type LearnContext = Pick<GenerateContext, 'table' | 'firstPolls' | 'pollingPolicyFor' | 'log'>;

const buildKey = ({ operation, modelVersion = '' }: Polled) => ({
  pk: jobPartitions.pace(operation),
  sk: `first-poll#${modelVersion}`,
});

/** The longest wait that loses no outcome: some services forget a job soon after its end. */
const getMaxMs = (job: Polled): number => {
  const { statusSeconds = Number.POSITIVE_INFINITY } = serviceOf(operationOf(job));
  return Math.min(maxFirstPollMs, (statusSeconds * 1_000) / 4);
};

/** How the polls of a job went whose end was seen; times in ms after the submit. */
export interface SeenEnd {
  /** When its first poll was. */
  firstMs: number;
  /** When its end was seen. */
  seenMs: number;
  /** Whether that was by its first poll. */
  isFirst: boolean;
}

/**
 * The first poll of the next job, in ms after its submit. A job that was done by its first poll says nothing of sooner ones: however
 * many such jobs end at once, the figure stays near theirs.
 *
 * @param learnedMs the figure until now
 */
export const learnFirstPoll = (learnedMs: number, { firstMs, seenMs, isFirst }: SeenEnd): number =>
  Math.round(
    isFirst
      ? Math.min(learnedMs, Math.max(learnedMs, firstMs - roundedMs) * (1 - shrink))
      : Math.min(learnedMs * maxStretch, learnedMs + Math.max(0, seenMs - learnedMs) * stretch),
  );

const toDelays = (firstMs: number, { pollCeilingSeconds }: PollingPolicy): PollDelays => {
  const firstPollSeconds = Math.max(1, Math.round(firstMs / 1_000));
  return {
    firstPollSeconds,
    secondPollSeconds: Math.min(pollCeilingSeconds, Math.ceil(firstPollSeconds * secondShare)),
  };
};

const fixedDelays = ({ firstPollSeconds, pollCeilingSeconds }: PollingPolicy): PollDelays => ({
  firstPollSeconds,
  secondPollSeconds: Math.min(pollCeilingSeconds, Math.ceil(firstPollSeconds * pollGrowth)),
});

const readLearned = async (context: LearnContext, job: Polled): Promise<number | undefined> => {
  const { table, firstPolls } = context;
  const known = firstPolls.get(nameOf(job));
  if (known !== undefined && table.clock.now() - known.at < knownMs) return known.firstPollMs;
  const item = await getItem(table, buildKey(job), { consistent: false });
  const learned = item && Math.min(getMaxMs(job), parseLearned(item).firstPollMs);
  know(context, job, learned);
  return learned;
};

const know = ({ table, firstPolls }: LearnContext, job: Polled, firstPollMs: number | undefined): void => {
  firstPolls.set(nameOf(job), { firstPollMs, at: table.clock.now() });
};

const nameOf = ({ operation, modelVersion }: Polled): string => JSON.stringify([operation, modelVersion]);

/** When to ask Adobe for a job: as its operation has it until there is more to go by, or always where the deployment says when. */
export const findPollDelays = async (context: LearnContext, job: Job): Promise<PollDelays> => {
  if (isSynchronous(job)) return { firstPollSeconds: 0, secondPollSeconds: 1 };
  const policy = context.pollingPolicyFor(job);
  if (policy.learnsFirstPoll !== true) return fixedDelays(policy);
  try {
    const learned = await readLearned(context, job);
    return learned === undefined ? fixedDelays(policy) : toDelays(learned, policy);
  } catch (error) {
    context.log.warn('It is not known how long jobs of an operation take.', {
      operation: job.operation,
      error: String(error),
    });
    return fixedDelays(policy);
  }
};

/**
 * Remembers for the next jobs when the end of one was seen. A figure that is lost, or that another job's overwrites, costs a poll at
 * most: nothing fails for it.
 *
 * @param firstPollSeconds after how many the job was asked for first
 * @param isFirst whether that was when its end was seen
 */
export const rememberPolls = async (
  context: LearnContext,
  job: Job,
  { firstPollSeconds, isFirst }: { firstPollSeconds: number; isFirst: boolean },
): Promise<void> => {
  const { table, log } = context;
  // Of an execution that took a job over nothing can be told.
  const isTelling = job.upstream !== undefined && job.resumes === 0 && job.lostAnswer === undefined;
  if (!isTelling || firstPollSeconds === 0 || context.pollingPolicyFor(job).learnsFirstPoll !== true) return;
  try {
    const firstMs = firstPollSeconds * 1_000;
    const learnedMs = (await readLearned(context, job)) ?? firstMs;
    const seenMs = table.clock.now() - Date.parse(job.upstream?.acceptedAt ?? '');
    const next = learnFirstPoll(learnedMs, { firstMs, seenMs, isFirst });
    const firstPollMs = Math.max(minFirstPollMs, Math.min(getMaxMs(job), next));
    if (firstPollMs === learnedMs) return;
    await updateItem(table, buildKey(job), { set: { firstPollMs, expiresAt: ttlAfter(table, keptSeconds) } });
    know(context, job, firstPollMs);
  } catch (error) {
    log.warn('How long a job took could not be remembered.', { jobId: job.jobId, error: String(error) });
  }
};
