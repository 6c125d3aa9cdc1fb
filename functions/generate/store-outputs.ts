import type { DurableContext, RetryDecision } from '@aws/durable-execution-sdk-js';
import { DownloadError } from '#shared/adobe/http/download.ts';
import type { JobOutput, Turn } from '#shared/jobs/job.ts';
import { lostAfterMs, transition } from '#shared/jobs/transitions.ts';
import { OutputTooLargeError } from './byte-meter.ts';
import type { GenerateContext } from './context.ts';
import { endNotStored, endSucceeded } from './end-job.ts';
import { storeOutput } from './output.ts';
import type { EndedProgress } from './poll.ts';
import { readTurnJob, type TurnEnd } from './turn.ts';

type Succeeded = Extract<EndedProgress, { kind: 'succeeded' }>;

/**
 * Stores every output of a job and ends it. Keys depend only on job and index, so a step that is repeated after a crash
 * writes the same object again: nothing is lost, nothing is there twice.
 */
export const storeOutputs = async (
  durable: DurableContext,
  context: GenerateContext,
  turn: Turn,
  succeeded: Succeeded,
): Promise<TurnEnd> => {
  const stillOurs = await durable.step('begin storing', () => beginStoring(context, turn));
  if (!stillOurs) return { state: 'stale' };
  const outputs: JobOutput[] = [];
  try {
    for (const [index, output] of succeeded.outputs.entries()) {
      const stored = await durable.step(`store output ${index}`, () => storeOutput(context, turn, index, output), {
        retryStrategy,
      });
      outputs.push(stored);
    }
    const { result } = succeeded;
    // One step: each of its parts can be repeated, and each step more costs two checkpoints a job.
    return await durable.step('finish', () => endSucceeded(context, turn, { result, outputs }), { retryStrategy });
  } catch (error) {
    const message = error instanceof Error ? error.message : 'An output could not be stored.';
    return durable.step('end without outputs', () => endNotStored(context, turn, { message, outputs }));
  }
};

const storeAttempts = 6;

const retryStrategy = (error: Error, attempt: number): RetryDecision => {
  const hopeless =
    error instanceof OutputTooLargeError || (error instanceof DownloadError && error.reason === 'host_not_allowed');
  return hopeless || attempt >= storeAttempts
    ? { shouldRetry: false }
    : { shouldRetry: true, delay: { seconds: Math.min(60, 2 ** attempt) } };
};

const beginStoring = async (context: GenerateContext, turn: Turn): Promise<boolean> => {
  const job = await readTurnJob(context, turn);
  if (job === undefined) return false;
  if (job.state === 'storing') return true;
  const order = new Date(context.table.clock.now() + lostAfterMs).toISOString();
  if ((await transition(context.table, job, { from: ['running'], to: 'storing', order })) !== undefined) return true;
  return (await readTurnJob(context, turn))?.state === 'storing';
};
