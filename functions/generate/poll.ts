import type { DurableContext } from '@aws/durable-execution-sdk-js';
import type { Finished, Unsuccessful } from '#shared/adobe/services/job-progress.ts';
import { cancelUpstream, type PollOutcome } from '#shared/adobe/services/job-status.ts';
import { operationOf, serviceOf } from '#shared/adobe/services/registry.ts';
import type { Turn, UpstreamJob } from '#shared/jobs/job.ts';
import { lostAnswerMs } from '#shared/jobs/lost-answer.ts';
import { keepFollowing } from '#shared/jobs/transitions.ts';
import { type AdobeAnswer, askAdobe } from './adobe-answer.ts';
import type { GenerateContext } from './context.ts';
import { endUnsuccessful } from './end-job.ts';
import { type PollDelays, pollGrowth, rememberPolls } from './first-poll.ts';
import { describeUnknown } from './lost-answer.ts';
import { heedEnd, pauseUnlessPaused } from './pause-lane.ts';
import { beginStoring, storeAtOnce } from './store-outputs.ts';
import { type SeenJob, seeTurnJob, type TurnEnd } from './turn.ts';

/** How Adobe's work on a job ended, as far as a durable step may hold it: without the URLs of the outputs. */
export type PollEnd = { kind: 'succeeded' } | Unsuccessful;

/** What is carried from one poll to the next. */
interface Polling {
  ended?: PollEnd;
  /** What the turn led to, where the poll that saw the end at Adobe also wrote down the job's. */
  turnEnd?: TurnEnd;
  /** The job is over or gone: nothing is left to follow. */
  gone?: boolean;
  cancelSent?: boolean;
  /** "No such job" in a row; Adobe's shards may know a new job a moment late. */
  notFound: number;
  /** Polls since the job has been overdue. */
  overdue: number;
  /** Polls in a row that failed on our own side. */
  failures: number;
  delaySeconds: number;
  /** Polls before this one that Adobe has answered. */
  answers: number;
  /** When the first poll was, after the submit. */
  firstPollSeconds: number;
}

const maxNotFound = 5;
// Cancelling is a courtesy: if Adobe cannot be told, the job is given up all the same.
const maxOverdue = 5;
const maxFailures = 10;
const maxRetryAfterSeconds = 60;
// Looking for outputs whose answer was lost costs requests of S3.
const maxLookSeconds = 300;
// Adobe's jobs may be gone after a day; until then a refused credential says nothing about the job.
const maxLockedOutMs = 24 * 3_600_000;
const maxLockedOutSeconds = 600;

/** What one attempt of a poll keeps in memory, as no step may: Adobe's answer, and the job with its request. */
interface Memory {
  answer: AdobeAnswer;
  seen?: SeenJob | undefined;
}

/**
 * Asks Adobe until the job has ended there, with growing pauses that cost nothing. The poll that sees the end goes on with it at once, as
 * each step more has its price; what it leaves undone takes steps of its own.
 *
 * @param answer is given the outputs, if there are any
 * @returns `ended` is undefined if the job is over or gone already; `turnEnd` unless there is more to do
 */
export const pollUntilEnd = async (
  durable: DurableContext,
  context: GenerateContext,
  turn: Turn,
  answer: AdobeAnswer,
  { firstPollSeconds, secondPollSeconds }: PollDelays,
): Promise<Pick<Polling, 'ended' | 'turnEnd'>> => {
  if (firstPollSeconds > 0) await durable.wait('first poll', { seconds: firstPollSeconds });
  return durable.waitForCondition<Polling>(
    'poll',
    async (before) => {
      const memory: Memory = { answer };
      const polling = await tryPoll(context, turn, memory, before);
      return tryEnd(context, turn, memory, polling);
    },
    {
      initialState: {
        notFound: 0,
        overdue: 0,
        failures: 0,
        answers: 0,
        firstPollSeconds,
        delaySeconds: secondPollSeconds,
      },
      waitStrategy: ({ ended, gone, delaySeconds }) =>
        ended !== undefined || gone === true
          ? { shouldContinue: false }
          : { shouldContinue: true, delay: { seconds: delaySeconds } },
    },
  );
};

/** Ends the job in the same step. Whatever fails is left to the steps that follow, each with retries of its own. */
const tryEnd = async (
  context: GenerateContext,
  turn: Turn,
  { answer, seen }: Memory,
  polling: Polling,
): Promise<Polling> => {
  const { ended, gone } = polling;
  if (ended === undefined && gone !== true) return polling;
  try {
    const turnEnd =
      ended?.kind === 'succeeded'
        ? await storeAtOnce(context, turn, answer, seen)
        : await endUnsuccessful(context, turn, ended);
    return { ...polling, turnEnd };
  } catch (error) {
    context.log.warn('The end of a job takes steps of its own.', { jobId: turn.jobId, error: String(error) });
    return polling;
  }
};

/** A failure of our own, such as the table out of reach, costs the job one poll; only a lasting one costs the execution. */
const tryPoll = async (context: GenerateContext, turn: Turn, memory: Memory, polling: Polling): Promise<Polling> => {
  try {
    return { ...(await poll(context, turn, memory, polling)), failures: 0 };
  } catch (error) {
    const failures = polling.failures + 1;
    if (failures >= maxFailures) throw error;
    context.log.error('A poll failed.', { jobId: turn.jobId, failures, error: String(error) });
    return { ...polling, failures };
  }
};

const poll = async (context: GenerateContext, turn: Turn, memory: Memory, polling: Polling): Promise<Polling> => {
  const { answer } = memory;
  memory.seen = await seeTurnJob(context, turn);
  const job = memory.seen?.job;
  const isAtAdobe = job?.state === 'running' || job?.state === 'storing';
  if (job?.upstream === undefined || !isAtAdobe) return { ...polling, gone: true };
  const { statusUrl, acceptedAt } = job.upstream;
  if (statusUrl !== undefined && !context.allowsStatus(statusUrl)) {
    const message = 'Adobe named a status URL on a host that is not allowed, where the token must not be sent.';
    return { ...polling, ended: { kind: 'failed', code: 'status_url_not_allowed', message } };
  }
  const { timeoutSeconds, ...policy } = context.pollingPolicyFor(job);
  const pollCeilingSeconds = job.lostAnswer === undefined ? policy.pollCeilingSeconds : maxLookSeconds;
  const giveUpMs = job.lostAnswer === undefined ? timeoutSeconds * 1000 : lostAnswerMs;
  const timedOut: Unsuccessful =
    job.lostAnswer === undefined
      ? { kind: 'timed_out', code: 'job_timeout', message: `Adobe did not finish the job within ${timeoutSeconds} s.` }
      : describeUnknown(job.lostAnswer);
  const cancelRequested = job.cancelRequestedAt !== undefined;
  const progress = await askAdobe(context, job);
  const { dialect, statusSeconds = Number.POSITIVE_INFINITY } = serviceOf(operationOf(job));
  if (isEnded(progress)) {
    await heedEnd(context, job, progress);
    const cancelledByUs = progress.kind === 'cancelled' && polling.overdue > 0 && !cancelRequested;
    const ended = cancelledByUs ? timedOut : settle(progress, answer);
    if (ended.kind === 'succeeded') {
      const { firstPollSeconds, answers } = polling;
      await rememberPolls(context, job, { firstPollSeconds, isFirst: answers === 0 && polling.failures === 0 });
    }
    // What leads to the outputs when the status is gone is written down as soon as it is known.
    if (ended.kind === 'succeeded' && dialect.renewal !== undefined) {
      await beginStoring(context, turn, answer);
      memory.seen = undefined;
    }
    return { ...polling, ended };
  }

  if (progress.kind === 'locked_out') {
    if (progress.error !== undefined) {
      await pauseUnlessPaused(context, job, { reason: 'access_refused', code: progress.error.code });
    }
    if (context.table.clock.now() - Date.parse(acceptedAt) < maxLockedOutMs) {
      await keepFollowing(context.table, job);
      const ceiling = Math.min(maxLockedOutSeconds, statusSeconds / 4);
      return { ...polling, answers: polling.answers + 1, delaySeconds: growDelay(polling, ceiling) };
    }
  }
  const next: Polling = {
    ...polling,
    notFound: progress.kind === 'not_found' ? polling.notFound + 1 : 0,
    answers: polling.answers + 1,
    delaySeconds: growDelay(polling, pollCeilingSeconds),
  };
  if (progress.kind === 'not_found' && next.notFound >= maxNotFound) {
    const { code, message } = statusSeconds === Number.POSITIVE_INFINITY ? progress : describeForgotten(statusSeconds);
    return { ...next, ended: { kind: 'failed', code, message } };
  }
  if (progress.kind === 'unavailable' && progress.retryAfterMs !== undefined) {
    next.delaySeconds = Math.max(
      next.delaySeconds,
      Math.min(maxRetryAfterSeconds, Math.ceil(progress.retryAfterMs / 1000)),
    );
  }
  const overdue = context.table.clock.now() - Date.parse(acceptedAt) >= giveUpMs;
  if (overdue) next.overdue += 1;
  const cancelUrl = cancelUrlOf(context, job.upstream);
  if (overdue && (polling.cancelSent === true || cancelUrl === undefined || next.overdue >= maxOverdue)) {
    return { ...next, ended: timedOut };
  }
  if (cancelUrl !== undefined && polling.cancelSent !== true && (overdue || cancelRequested)) {
    next.cancelSent = await cancelUpstream(cancelUrl, context.callAdobe);
    if (next.cancelSent) next.delaySeconds = 1;
  }
  return next;
};

const growDelay = ({ answers, delaySeconds }: Polling, ceilingSeconds: number): number =>
  Math.min(ceilingSeconds, answers === 0 ? delaySeconds : Math.ceil(delaySeconds * pollGrowth));

/** A job that is not known any more has ended, well or not. */
const describeForgotten = (statusSeconds: number) => ({
  code: 'outcome_forgotten',
  message: `Adobe forgets what came of a job ${statusSeconds} s after its end, and the gateway could not ask in time. The job may have been done, and billed; it was not sent again. Send the request again if you need its outputs.`,
});

/** Where the job can be cancelled; a URL on a host that is not allowed is as good as none. */
const cancelUrlOf = (context: GenerateContext, { cancelUrl }: UpstreamJob): string | undefined =>
  cancelUrl !== undefined && context.allowsStatus(cancelUrl) ? cancelUrl : undefined;

/** Outputs stay in memory; a reason goes into the step. */
const settle = (progress: Finished | Unsuccessful, answer: AdobeAnswer): PollEnd => {
  if (progress.kind !== 'succeeded') return progress;
  answer.keep(progress);
  return { kind: 'succeeded' };
};

const isEnded = (progress: PollOutcome): progress is Finished | Unsuccessful =>
  ['succeeded', 'failed', 'cancelled', 'timed_out'].includes(progress.kind);
