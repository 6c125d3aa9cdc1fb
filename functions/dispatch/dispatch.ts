import { writeDispatchRun } from '#shared/aws/dispatch-status.ts';
import { metricNames } from '#shared/metrics.ts';
import { assignTurns } from './assign-turns.ts';
import { moveJobsOfPausedCallers } from './caller-pauses.ts';
import type { DispatchContext } from './context.ts';
import { measureLane } from './measure-lane.ts';
import { recoverCosts } from './recover-costs.ts';
import { recoverEnds } from './recover-ends.ts';
import { recoverJobs } from './recover-jobs.ts';
import { scheduleBatches } from './schedule-batches.ts';
import { scheduleErasures } from './schedule-erasures.ts';

/** What a dispatch has done. */
export type DispatchCounts = Record<string, number>;

/** Why dispatch runs: jobs may have `turns`; `asked` for anything new; `scheduled` each minute. */
export type DispatchReason = 'turns' | 'asked' | 'scheduled';

/**
 * First what crashes left behind, then turns for the heads of every lane's queue, then batches that have something to do. A
 * part that fails does not keep the next from running, and one lane never waits for another.
 *
 * @param reason what crashes left behind and how long the queues are can wait for the run of each minute: a run that was asked for
 * is about turns, batches and erasures, and one for turns, of which a burst of jobs causes many, about these alone
 * @throws {Error} the first failure, once every part has run, so that the invocation counts as failed
 */
export const dispatch = async (
  context: DispatchContext,
  reason: DispatchReason = 'scheduled',
): Promise<DispatchCounts> => {
  const failures: unknown[] = [];
  const attempt = async (part: string, run: () => Promise<DispatchCounts>): Promise<DispatchCounts> => {
    try {
      return await run();
    } catch (error) {
      context.log.error('A part of the dispatch failed; the others run all the same.', { part, error: String(error) });
      failures.push(error);
      return {};
    }
  };
  const isScheduled = reason === 'scheduled';
  const attemptScheduled: typeof attempt = async (part, run) => (isScheduled ? attempt(part, run) : {});
  const recovered = await attemptScheduled('jobs', () => recoverJobs(context));
  const published = await attemptScheduled('ends', async () => ({ published: await recoverEnds(context, 'jobs') }));
  let paused: ReadonlySet<string> = new Set();
  const moved = await attempt('paused callers', async () => {
    const { callers, held, returned } = await moveJobsOfPausedCallers(context);
    paused = callers;
    return { held, returned };
  });
  const started = await Promise.all(
    [...context.lanes.values()].map((lane) =>
      attempt(`turns of ${lane.name}`, async () => {
        const started = await assignTurns(context, lane, paused);
        if (started > 0) context.recordMetric(metricNames.turnsStarted, started, { lane: lane.name });
        return { started };
      }),
    ),
  );
  for (const lane of context.lanes.values()) {
    await attemptScheduled(`metrics of ${lane.name}`, async () => ({ waiting: await measureLane(context, lane) }));
  }
  const attemptBesides: typeof attempt = async (part, run) => (reason === 'turns' ? {} : attempt(part, run));
  const batches = await attemptBesides('batches', () => scheduleBatches(context));
  const erasures = await attemptBesides('erasures', () => scheduleErasures(context));
  const batchEnds = await attemptScheduled('ends of batches', async () => ({
    batchesPublished: await recoverEnds(context, 'batches'),
  }));
  const thresholds = await attemptScheduled('thresholds of budgets', async () => ({
    thresholdsPublished: await recoverEnds(context, 'thresholds'),
  }));
  const settled = await attemptScheduled('costs', async () => ({ costsRecovered: await recoverCosts(context) }));
  const counts = {
    ...recovered,
    ...published,
    ...moved,
    started: started.reduce((sum, lane) => sum + (lane['started'] ?? 0), 0),
    ...batches,
    ...batchEnds,
    ...erasures,
    ...thresholds,
    ...settled,
  };
  context.log.info('dispatched', counts);
  await attemptScheduled('status', () => recordRun(context, failures[0]));
  if (failures.length > 0) throw failures[0];
  if (isScheduled) context.recordMetric(metricNames.runsCompleted, 1, { run: 'dispatch' });
  return counts;
};

/** Leaves for `/health` how the run went; the words of an error may name a job, never what it asks for. */
const recordRun = async ({ table }: DispatchContext, failure: unknown): Promise<DispatchCounts> => {
  const lastRunAt = new Date(table.clock.now()).toISOString();
  const error = failure === undefined ? undefined : describeFailure(failure);
  await writeDispatchRun(table, { lastRunAt, error });
  return {};
};

const describeFailure = (failure: unknown): { code: string; message: string } =>
  failure instanceof Error
    ? { code: failure.name, message: failure.message.slice(0, 500) }
    : { code: 'unknown', message: 'A part of the run failed.' };
