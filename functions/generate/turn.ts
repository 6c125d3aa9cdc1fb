import { isFinal, type Job, type JobError, type JobState, type Turn } from '#shared/jobs/job.ts';
import { getJob, getJobRecord, getSentJob, type SentJob } from '#shared/jobs/job-store.ts';
import { releasePermits } from '#shared/jobs/lanes/permits.ts';
import { type Requeue, requeue } from '#shared/jobs/lanes/turn.ts';
import { readRequest, type StoredRequest } from '#shared/jobs/request-store.ts';
import { endJob, renewStoring } from '#shared/jobs/transitions.ts';
import { metricNames } from '#shared/metrics.ts';
import { publishEnded } from '#shared/outbox/publish-ended.ts';
import type { GenerateContext } from './context.ts';

/** What a turn led to: a final state, back into the queue, or nothing because the job had moved on without it. */
export type TurnEnd = { state: JobState | 'stale' };

/** The turn was given up (`dispatchNow` if another job, or this one, may get a permit right away), or it is over, and with it perhaps the job. */
export type TurnOver = { kind: 'requeued'; dispatchNow: boolean } | { kind: 'over' };

/** What the submit led to: Adobe has the job, or the turn ended without that. */
export type Submitted = { kind: 'at_adobe' } | TurnOver;

/** Reads the job of a turn; undefined if it has been erased or given another turn. */
export const readTurnJob = async ({ table }: GenerateContext, { jobId, turn }: Turn): Promise<Job | undefined> => {
  const job = await getJob(table, jobId);
  return job?.turn === turn ? job : undefined;
};

/** The same with the job's request. */
export const readSentJob = async ({ table }: GenerateContext, { jobId, turn }: Turn): Promise<SentJob | undefined> => {
  const sent = await getSentJob(table, jobId);
  return sent?.job.turn === turn ? sent : undefined;
};

/** A job of a turn as it was read at a time (epoch ms), with its request where the record holds it. */
export interface SeenJob {
  job: Job;
  held: StoredRequest | undefined;
  at: number;
}

/** Reads the job of a turn for a step that needs its request a moment later: see {@link recallSentJob}. */
export const seeTurnJob = async ({ table }: GenerateContext, { jobId, turn }: Turn): Promise<SeenJob | undefined> => {
  const at = table.clock.now();
  const record = await getJobRecord(table, jobId);
  return record?.job.turn === turn ? { ...record, at } : undefined;
};

// As long as a call of Adobe's API takes, as a rule.
const recalledMs = 5_000;

/** Reads the job of a turn and its request, but for what was seen of it a moment ago. */
export const recallSentJob = async (
  context: GenerateContext,
  turn: Turn,
  seen: SeenJob | undefined,
): Promise<SentJob | undefined> => {
  const { table } = context;
  if (seen === undefined || table.clock.now() - seen.at > recalledMs) return readSentJob(context, turn);
  const { job, held } = seen;
  return { job, request: job.holdsRequest ? held : await readRequest(table, job) };
};

/**
 * Puts a job back into the queue; if its caller has cancelled it meanwhile, or it has lost too many turns, it is over and its end can
 * be published.
 */
export const requeueTurn = async (
  { table, recordMetric }: GenerateContext,
  job: Job,
  end: Requeue & { dispatchNow: boolean },
): Promise<TurnOver> => {
  const { dispatchNow, ...turnEnd } = end;
  const put = await requeue(table, job, turnEnd);
  if (put === undefined || !isFinal(put.state)) return { kind: 'requeued', dispatchNow };
  recordMetric(put.state === 'failed' ? metricNames.jobsFailed : metricNames.jobsCancelled, 1);
  return { kind: 'over' };
};

/** Ends a job that can never be sent, before it costs anything; its permits can serve another. */
export const endUnsent = async (context: GenerateContext, job: Job, error: JobError): Promise<TurnOver> => {
  const ended = await endJob(context.table, job, ['scheduled'], { to: 'failed', error });
  if (ended !== undefined) {
    context.recordMetric(metricNames.jobsFailed, 1);
    await releasePermits(context.table, job);
  }
  return { kind: 'over' };
};

/** Gives up a turn that could not come as far as its submit, for a reason of the job's own. */
export const loseTurn = async (context: GenerateContext, turn: Turn, lost: JobError): Promise<TurnOver> => {
  const job = await readTurnJob(context, turn);
  return job?.state === 'scheduled'
    ? requeueTurn(context, job, { sent: false, lost, dispatchNow: true })
    : { kind: 'over' };
};

/**
 * Publishes the end of a job, whatever wrote it down.
 *
 * @param job as it is now; undefined if it is no longer the turn's
 */
export const publishJobEnded = async (context: GenerateContext, job: Job | undefined): Promise<TurnEnd> => {
  if (job === undefined || !isFinal(job.state)) return { state: 'stale' };
  await publishEnded(context, job);
  const { jobId, state, turn, attempts, error } = job;
  context.log.info('job ended', { jobId, state, turns: turn, attempts, errorCode: error?.code });
  return { state };
};

// A job whose last write is younger needs no other: most are stored within seconds.
const renewAfterMs = 60_000;

/** The job if it is still this turn's to store, with as much time as one output may take. */
export const holdStoring = async (context: GenerateContext, turn: Turn): Promise<Job | undefined> => {
  const { table } = context;
  const job = await readTurnJob(context, turn);
  if (job?.state !== 'storing') return undefined;
  return table.clock.now() - Date.parse(job.updatedAt) < renewAfterMs ? job : renewStoring(table, job);
};
