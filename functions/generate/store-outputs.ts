import type { DurableContext, RetryDecision } from '@aws/durable-execution-sdk-js';
import { DownloadError } from '#shared/adobe/http/download.ts';
import { readMessage } from '#shared/adobe/http/errors.ts';
import { countRequestedOutputs } from '#shared/adobe/services/operation.ts';
import { isFailedOutput } from '#shared/adobe/services/outputs.ts';
import { operationOf } from '#shared/adobe/services/registry.ts';
import { type Job, type JobError, type JobOutput, type OutputError, requestOf, type Turn } from '#shared/jobs/job.ts';
import type { SentJob } from '#shared/jobs/job-store.ts';
import { lostAfterMs, transition } from '#shared/jobs/transitions.ts';
import type { AdobeAnswer } from './adobe-answer.ts';
import { OutputTooLargeError } from './byte-meter.ts';
import type { GenerateContext } from './context.ts';
import { deliverOutputs, mayDeliver } from './deliver-outputs.ts';
import { endSent, endStored } from './end-job.ts';
import { storeOutput } from './output.ts';
import { holdStoring, readSentJob, readTurnJob, recallSentJob, type SeenJob, type TurnEnd } from './turn.ts';

/**
 * Stores every output of a job and ends it. Keys depend only on job and index, so a step that is repeated after a crash
 * writes the same object again: nothing is lost, nothing is there twice. An output that cannot be stored costs itself only.
 */
export const storeOutputs = async (
  durable: DurableContext,
  context: GenerateContext,
  turn: Turn,
  answer: AdobeAnswer,
): Promise<TurnEnd> => {
  // Should this fail for good, the outputs are still at Adobe: the execution ends, and the one that follows it goes on.
  const begun = await durable.step('begin storing', () => beginStoring(context, turn, answer), { retryStrategy });
  if (begun.kind === 'stale') return { state: 'stale' };
  const outputs: JobOutput[] = [];
  const errors: OutputError[] = [];
  for (let index = 0; index < begun.listed; index += 1) {
    const kept = await tryKeep(durable, context, turn, index, answer);
    if (!collect(kept, index, outputs, errors)) return { state: 'stale' };
  }
  const warnings = begun.delivers ? await deliverOutputs(durable, context, turn, outputs) : [];
  const stored = { outputs, errors, reason: begun.reason, warnings, answer };
  try {
    // One step: each of its parts can be repeated, and each step more costs two checkpoints a job.
    return await durable.step('finish', () => endStored(context, turn, stored), { retryStrategy });
  } catch (error) {
    // The outputs are there and paid for: the job does not fail for its manifest.
    context.log.error('The end of a job could not be written as it should be.', {
      jobId: turn.jobId,
      error: String(error),
    });
    return durable.step('finish without manifest', () => endStored(context, turn, { ...stored, manifest: false }), {
      retryStrategy,
    });
  }
};

// More would take longer than an attempt should that is repeated whole after a crash.
const maxAtOnce = 4;
// An output that is begun before may take as long again as its download may, well within the time of an invocation.
const maxAtOnceMs = 60_000;

/**
 * Stores the few outputs of most jobs and ends the job, all in the step that calls it: done again after a crash, it writes the same
 * objects under the same keys and goes on from there.
 *
 * @param seen the job as it was read before Adobe was asked
 * @returns undefined where storing takes steps of its own
 * @throws what kept an output from being stored, or the end from being written or published
 */
export const storeAtOnce = async (
  context: GenerateContext,
  turn: Turn,
  answer: AdobeAnswer,
  seen?: SeenJob,
): Promise<TurnEnd | undefined> => {
  const startedAt = context.table.clock.now();
  const sent = await recallSentJob(context, turn, seen);
  if (sent === undefined || !isToStore(sent.job)) return { state: 'stale' };
  const { reason, ...found } = await findToStore(sent, answer);
  // Its end says that it was storing: nothing that a crash leaves here differs from a job whose end Adobe was not asked for yet.
  const passed = { state: 'storing', at: new Date(startedAt).toISOString() } as const;
  const isRunning = sent.job.state === 'running';
  const job: Job = isRunning ? { ...sent.job, ...found, history: [...sent.job.history, passed] } : sent.job;
  const listed = countListed(job);
  if (mayDeliver(job) || listed > maxAtOnce) return undefined;
  const outputs: JobOutput[] = [];
  const errors: OutputError[] = [];
  for (let index = 0; index < listed; index += 1) {
    if (context.table.clock.now() - startedAt > maxAtOnceMs) return undefined;
    const held = isRunning ? job : await holdStoring(context, turn);
    const kept = await keepOutput(context, held, index, answer);
    if (!collect(kept, index, outputs, errors)) return { state: 'stale' };
    if (isRunning && !(await isStillToStore(context, job))) return { state: 'stale' };
  }
  const changes = isRunning ? { ...found, passed: [passed] } : {};
  return endSent(context, { ...sent, job }, { outputs, errors, reason, answer, changes });
};

/** Storing an output takes minutes, in which another execution may have ended the job, and its caller erased it. */
const isStillToStore = async (context: GenerateContext, turn: Turn): Promise<boolean> => {
  const job = await readTurnJob(context, turn);
  return job !== undefined && isToStore(job);
};

/** @returns false if the job is not this turn's to store any more */
const collect = (kept: Kept, index: number, outputs: JobOutput[], errors: OutputError[]): boolean => {
  if (kept.kind === 'gone') return false;
  if (kept.kind === 'missing') errors.push(kept.error);
  else outputs.push(index === outputs.length ? kept.output : { ...kept.output, index });
  return true;
};

/** The job is storing, and Adobe lists so many outputs; `reason` is Adobe's own for none. */
type Begun = { kind: 'stale' } | { kind: 'storing'; listed: number; delivers: boolean; reason?: JobError };

/** Moves a job on to storing, with what Adobe says of it besides the outputs; done again it changes nothing. */
export const beginStoring = async (context: GenerateContext, turn: Turn, answer: AdobeAnswer): Promise<Begun> => {
  const sent = await readSentJob(context, turn);
  if (sent === undefined || !isToStore(sent.job)) return { kind: 'stale' };
  const { job } = sent;
  if (job.state === 'storing' && countListed(job) > 0) {
    return { kind: 'storing', listed: countListed(job), delivers: mayDeliver(job) };
  }
  const { reason, ...changes } = await findToStore(sent, answer);
  const begun: Begun = { kind: 'storing', listed: countListed(changes), delivers: mayDeliver(job), reason };
  if (job.state === 'storing') return begun;
  const moved = await transition(context.table, job, {
    from: ['running'],
    to: 'storing',
    order: new Date(context.table.clock.now() + lostAfterMs).toISOString(),
    changes,
  });
  if (moved !== undefined) return begun;
  const current = await readTurnJob(context, turn);
  return current?.state === 'storing' ? { ...begun, listed: countListed(current) } : { kind: 'stale' };
};

const isToStore = ({ state }: Job): boolean => state === 'running' || state === 'storing';

/** What the record of a job says of Adobe's answer from then on that its outputs are stored; and Adobe's own reason for none. */
const findToStore = async ({ job, request }: SentJob, answer: AdobeAnswer) => {
  const { outputs, result, wholeResult, reason } = await answer.get(job);
  const received = outputs.filter((output) => !isFailedOutput(output)).length;
  return {
    result,
    requested: request && countRequestedOutputs(operationOf(job), requestOf(request)),
    received,
    listed: outputs.length === received ? undefined : outputs.length,
    isAbridged: wholeResult === undefined ? undefined : (true as const),
    reason,
  };
};

/** How many places Adobe's list has. */
const countListed = ({ listed, received = 0 }: Pick<Job, 'listed' | 'received'>): number => listed ?? received;

type Kept = { kind: 'stored'; output: JobOutput } | { kind: 'missing'; error: OutputError } | { kind: 'gone' };

const tryKeep = async (
  durable: DurableContext,
  context: GenerateContext,
  turn: Turn,
  index: number,
  answer: AdobeAnswer,
): Promise<Kept> => {
  try {
    return await durable.step(
      `store output ${index}`,
      async () => keepOutput(context, await holdStoring(context, turn), index, answer),
      { retryStrategy },
    );
  } catch (error) {
    return notStored(index, error);
  }
};

const keepOutput = async (
  context: GenerateContext,
  job: Job | undefined,
  index: number,
  answer: AdobeAnswer,
): Promise<Kept> => {
  if (job === undefined) return { kind: 'gone' };
  const output = (await answer.get(job)).outputs[index];
  if (output === undefined) {
    const message = "This output cannot be read from Adobe's answer.";
    return { kind: 'missing', error: { index, code: 'output_malformed', message } };
  }
  if (isFailedOutput(output)) return { kind: 'missing', error: { index, ...output.error } };
  try {
    return { kind: 'stored', output: await storeOutput(context, job, { index, output, answer }) };
  } catch (error) {
    if (isHopeless(error)) return notStored(index, error);
    throw error;
  }
};

const notStored = (index: number, error: unknown): Kept => ({
  kind: 'missing',
  error: { index, code: 'output_not_stored', message: describeFailure(error) },
});

const describeFailure = (error: unknown): string =>
  readMessage(error instanceof Error ? error.message : 'An output could not be stored.');

// About five minutes.
const storeAttempts = 10;
// The URL was refused, and so was a fresh one.
const refusedAttempts = 4;

const isHopeless = (error: unknown): boolean =>
  error instanceof OutputTooLargeError || (error instanceof DownloadError && error.reason === 'host_not_allowed');

const retryStrategy = (error: Error, attempt: number): RetryDecision =>
  attempt >= (error instanceof DownloadError && error.reason === 'expired' ? refusedAttempts : storeAttempts)
    ? { shouldRetry: false }
    : { shouldRetry: true, delay: { seconds: Math.min(60, 2 ** attempt) } };
