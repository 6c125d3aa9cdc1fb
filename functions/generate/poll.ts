import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { NotConfiguredError } from '#shared/adobe/access-token.ts';
import { cancelUpstream, type JobProgress, readProgress } from '#shared/adobe/firefly/status.ts';
import type { Job, Turn } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import type { Parts } from './parts.ts';

/** How Adobe's work on a job ended. */
export type EndedProgress = Extract<JobProgress, { kind: 'succeeded' | 'failed' | 'cancelled' | 'timed_out' }>;

/** What is carried from one poll to the next. */
interface Polling {
  ended?: EndedProgress;
  /** The job is over or gone: nothing is left to follow. */
  gone?: boolean;
  cancelSent?: boolean;
  /** "No such job" in a row; Adobe's shards may know a new job a moment late. */
  notFound: number;
  delaySeconds: number;
}

const notFoundLimit = 5;
const growth = 1.5;

/**
 * Asks Adobe until the job has ended there, with growing pauses that cost nothing.
 *
 * @returns undefined if the job is over or gone already
 */
export const pollUntilEnd = async (
  context: DurableContext,
  parts: Parts,
  turn: Turn,
): Promise<EndedProgress | undefined> => {
  const first = await context.step('first poll', async () => {
    const job = await followedJob(parts, turn);
    return job === undefined ? 0 : parts.following[job.operation].firstPollSeconds;
  });
  if (first === 0) return undefined;
  await context.wait('first poll', { seconds: first });
  const { ended } = await context.waitForCondition<Polling>('poll', (polling) => poll(parts, turn, polling), {
    initialState: { notFound: 0, delaySeconds: first },
    waitStrategy: ({ ended, gone, delaySeconds }) =>
      ended !== undefined || gone === true
        ? { shouldContinue: false }
        : { shouldContinue: true, delay: { seconds: delaySeconds } },
  });
  return ended;
};

const followedJob = async ({ table }: Parts, { jobId, turn }: Turn): Promise<Job | undefined> => {
  const job = await getJob(table, jobId);
  if (job === undefined || job.turn !== turn || job.upstream === undefined) return undefined;
  return job.state === 'running' || job.state === 'storing' ? job : undefined;
};

const poll = async (parts: Parts, turn: Turn, polling: Polling): Promise<Polling> => {
  const job = await followedJob(parts, turn);
  if (job?.upstream === undefined) return { ...polling, gone: true };
  const { statusUrl, cancelUrl, acceptedAt } = job.upstream;
  if (!parts.allowsStatus(statusUrl) || (cancelUrl !== undefined && !parts.allowsStatus(cancelUrl))) {
    const message =
      'Adobe named a status or cancel URL on a host that is not allowed, where the token must not be sent.';
    return { ...polling, ended: { kind: 'failed', code: 'status_url_not_allowed', message } };
  }
  const { pollCeilingSeconds, timeoutSeconds } = parts.following[job.operation];
  const progress = await askAdobe(parts, statusUrl);
  if (isEnded(progress)) return { ...polling, ended: progress };

  const next: Polling = {
    ...polling,
    notFound: progress.kind === 'not_found' ? polling.notFound + 1 : 0,
    delaySeconds: Math.min(pollCeilingSeconds, Math.ceil(polling.delaySeconds * growth)),
  };
  if (progress.kind === 'not_found' && next.notFound >= notFoundLimit) {
    return { ...next, ended: { kind: 'failed', code: progress.code, message: progress.message } };
  }
  if (progress.kind === 'no_word' && progress.retryAfterMs !== undefined) {
    next.delaySeconds = Math.max(next.delaySeconds, Math.min(60, Math.ceil(progress.retryAfterMs / 1000)));
  }
  const overdue = parts.table.clock.now() - Date.parse(acceptedAt) >= timeoutSeconds * 1000;
  if (cancelUrl !== undefined && next.cancelSent !== true && (overdue || job.cancelRequestedAt !== undefined)) {
    next.cancelSent = await cancelUpstream(cancelUrl, await parts.tokens.get());
    next.delaySeconds = 1;
  }
  if (overdue && (next.cancelSent === true || cancelUrl === undefined) && polling.cancelSent === true) {
    const message = `Adobe did not finish the job within ${timeoutSeconds} s.`;
    return { ...next, ended: { kind: 'timed_out', code: 'job_timeout', message } };
  }
  return next;
};

const isEnded = (progress: JobProgress): progress is EndedProgress =>
  ['succeeded', 'failed', 'cancelled', 'timed_out'].includes(progress.kind);

/** One status call; with a refused token one more after it was replaced. */
const askAdobe = async (parts: Parts, statusUrl: string): Promise<JobProgress> => {
  try {
    const token = await parts.tokens.get();
    const progress = await readProgress(statusUrl, token, parts.table.clock.now);
    if (progress.kind !== 'token_refused') return progress;
    return await readProgress(statusUrl, await parts.tokens.refused(token.versionId), parts.table.clock.now);
  } catch (error) {
    // Whatever keeps us from a token now, the job goes on at Adobe and is asked for again.
    parts.log.error('A job could not be asked for.', {
      error: String(error),
      notConfigured: error instanceof NotConfiguredError,
    });
    return { kind: 'no_word' };
  }
};
