import type { DurableContext, RetryDecision } from '@aws/durable-execution-sdk-js';
import { DownloadError } from '#shared/adobe/http/download.ts';
import type { Job, JobOutput, JobResult, Turn } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { OutputTooLargeError } from '#shared/jobs/outputs.ts';
import { rememberReusable } from '#shared/jobs/reuse.ts';
import { endJob, lostAfterMs, transition } from '#shared/jobs/transitions.ts';
import { metricNames } from '#shared/metrics.ts';
import type { Parts } from './context.ts';
import type { EndedProgress } from './poll.ts';
import { publishJobEnded, type TurnEnd } from './publish-job-ended.ts';
import { storeOutput } from './store-output.ts';
import { describeJob } from './write-manifest.ts';

type Succeeded = Extract<EndedProgress, { kind: 'succeeded' }>;

/**
 * Stores every output of a job and ends it. Keys depend only on job and index, so a step that is repeated after a crash
 * writes the same object again: nothing is lost, nothing is there twice.
 */
export const storeOutputs = async (
  context: DurableContext,
  parts: Parts,
  turn: Turn,
  succeeded: Succeeded,
): Promise<TurnEnd> => {
  const stillOurs = await context.step('begin storing', () => beginStoring(parts, turn));
  if (!stillOurs) return { state: 'stale' };
  const outputs: JobOutput[] = [];
  try {
    for (const [index, output] of succeeded.outputs.entries()) {
      const stored = await context.step(`store output ${index}`, () => storeOutput(parts, turn, index, output), {
        retryStrategy,
      });
      outputs.push(stored);
    }
    // One step: each of its parts can be repeated, and each step more costs two checkpoints a job.
    return await context.step('finish', () => finish(parts, turn, succeeded.result, outputs), { retryStrategy });
  } catch (error) {
    const message = error instanceof Error ? error.message : 'An output could not be stored.';
    return context.step('end without outputs', async () => {
      await endNotStored(parts, turn, outputs, message);
      return publishJobEnded(parts, turn);
    });
  }
};

const finish = async (parts: Parts, turn: Turn, result: JobResult, outputs: JobOutput[]): Promise<TurnEnd> => {
  await describeJob(parts, turn, result, outputs);
  await endSucceeded(parts, turn, result, outputs);
  return publishJobEnded(parts, turn);
};

const storeAttempts = 6;

const retryStrategy = (error: Error, attempt: number): RetryDecision => {
  const hopeless =
    error instanceof OutputTooLargeError || (error instanceof DownloadError && error.reason === 'host_not_allowed');
  return hopeless || attempt >= storeAttempts
    ? { shouldRetry: false }
    : { shouldRetry: true, delay: { seconds: Math.min(60, 2 ** attempt) } };
};

const ownJob = async ({ table }: Parts, { jobId, turn }: Turn): Promise<Job | undefined> => {
  const job = await getJob(table, jobId);
  return job?.turn === turn ? job : undefined;
};

const beginStoring = async (parts: Parts, turn: Turn): Promise<boolean> => {
  const job = await ownJob(parts, turn);
  if (job === undefined) return false;
  if (job.state === 'storing') return true;
  const order = new Date(parts.table.clock.now() + lostAfterMs).toISOString();
  if ((await transition(parts.table, job, { from: ['running'], to: 'storing', order })) !== undefined) return true;
  return (await ownJob(parts, turn))?.state === 'storing';
};

const endSucceeded = async (parts: Parts, turn: Turn, result: JobResult, outputs: JobOutput[]): Promise<void> => {
  const job = await ownJob(parts, turn);
  if (job === undefined) return;
  const ended = await endJob(parts.table, job, ['storing'], { to: 'succeeded', result, outputs });
  if (ended === undefined) return;
  parts.recordMetric(metricNames.jobsSucceeded, 1);
  await rememberReusable(parts.table, ended);
};

const endNotStored = async (parts: Parts, turn: Turn, outputs: JobOutput[], message: string): Promise<void> => {
  const job = await ownJob(parts, turn);
  if (job === undefined) return;
  const error = { code: 'output_not_stored', message };
  const ended = await endJob(parts.table, job, ['storing'], { to: 'failed', error, outputs });
  if (ended !== undefined) parts.recordMetric(metricNames.jobsFailed, 1);
};
