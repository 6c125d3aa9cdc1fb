import { isFinal, type Job, type JobError, type JobState } from '#shared/jobs/job.ts';
import { rejoinQueue } from '#shared/jobs/lanes/lost-turns.ts';
import { overdueJobs } from '#shared/jobs/lanes/queue.ts';
import { requeue } from '#shared/jobs/lanes/turn.ts';
import { awaitTraces, type LostAnswer } from '#shared/jobs/lost-answer.ts';
import { givenUpJob, unknownOutcome } from '#shared/jobs/set-aside.ts';
import { endJob, resumeTurn } from '#shared/jobs/transitions.ts';
import { metricNames } from '#shared/metrics.ts';
import { tryPublishEnded } from '#shared/outbox/publish-ended.ts';
import { type DispatchContext, turnExecutionName } from './context.ts';
import { setAside } from './set-aside.ts';
import { pageSize, workThrough } from './work-through.ts';

// After the time of a turn the fence lets nothing pass; the rest covers a write that is on its way.
const startSlackMs = 5_000;
// Of each kind of job; the turns of the queue come after them in the same minute.
const maxMs = 5_000;
/** Executions that died one after the other, of a job at Adobe, until it is given up: about three hours. */
const maxResumes = 12;

/** What recovery works with. */
export type RecoverContext = Pick<DispatchContext, 'table' | 'bus' | 'startTurn' | 'log' | 'recordMetric'>;

/**
 * Finds what a crash left behind: turns that never started go back into the queue, and jobs whose durable execution died are
 * followed by a new one. Jobs that had to wait after lost turns join their queue again.
 */
export const recoverJobs = async (
  context: RecoverContext,
): Promise<{ rejoined: number; requeued: number; resumed: number }> => {
  const { table } = context;
  const now = table.clock.now();
  const recover = (part: Parameters<typeof overdueJobs>[1], beforeMs: number, act: (job: Job) => Promise<boolean>) =>
    workThrough(table.clock, overdueJobs(table, part, beforeMs, pageSize), maxMs, (job) => attempt(context, job, act));
  return {
    requeued: await recover('scheduled', now - startSlackMs, (job) => loseTurn(context, job)),
    rejoined: await recover('delayed', now, async (job) => (await rejoinQueue(table, job)) !== undefined),
    resumed: await recover('active', now, (job) => recoverActive(context, job)),
  };
};

/** Does something for one job; its failure must not keep the others waiting. */
const attempt = async (context: RecoverContext, job: Job, act: (job: Job) => Promise<boolean>): Promise<boolean> => {
  try {
    return await act(job);
  } catch (error) {
    await setAside(context, job, error);
    return false;
  }
};

const executionLost: JobError = {
  code: 'execution_lost',
  message: 'The durable execution of the turn ended before the submit.',
};

const loseTurn = async (context: RecoverContext, job: Job): Promise<boolean> => {
  const moved = await requeue(context.table, job, { sent: false, lost: executionLost });
  if (moved !== undefined && isFinal(moved.state)) await announce(context, moved);
  return moved !== undefined;
};

const recoverActive = async (context: RecoverContext, job: Job): Promise<boolean> => {
  const { table, startTurn, log, recordMetric } = context;
  if (job.state === 'submitting') {
    const kept = await awaitTraces(table, job, executionDied);
    if (kept !== undefined) return recoverActive(context, kept);
    if (await fail(context, job, ['submitting'], unknownOutcome)) recordMetric(metricNames.submitOutcomeUnknown, 1);
    return false;
  }
  if (job.resumes >= maxResumes) {
    log.error('A job at Adobe is given up: one execution after the other died.', { jobId: job.jobId });
    await fail(context, job, ['running', 'storing'], givenUp);
    return false;
  }
  const taken = await resumeTurn(table, job);
  if (taken === undefined) return false;
  log.warn('The durable execution of a job was lost; another one takes over.', {
    jobId: job.jobId,
    resumes: taken.resumes,
  });
  try {
    await startTurn(taken, turnExecutionName(taken, taken.resumes));
    return true;
  } catch (error) {
    // One job that cannot be followed must not keep all others from their permits; it is overdue again later.
    log.error('The durable execution of a job could not be started.', { jobId: job.jobId, error: String(error) });
    return false;
  }
};

const executionDied: LostAnswer = { reason: 'The execution that sent the request died.' };

const givenUp: JobError = {
  code: givenUpJob,
  message: `Adobe took the job, and may have billed it, but ${maxResumes + 1} attempts to follow it broke off.`,
};

const fail = async (
  context: RecoverContext,
  job: Job,
  from: readonly JobState[],
  error: JobError,
): Promise<boolean> => {
  const ended = await endJob(context.table, job, from, { to: 'failed', error });
  if (ended !== undefined) await announce(context, ended);
  return ended !== undefined;
};

const announce = async (context: RecoverContext, ended: Job): Promise<void> => {
  context.recordMetric(ended.state === 'cancelled' ? metricNames.jobsCancelled : metricNames.jobsFailed, 1);
  await tryPublishEnded(context, ended);
};
