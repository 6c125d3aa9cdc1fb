import { assignTurns } from '#functions/dispatch/assign-turns.ts';
import { moveJobsOfPausedCallers } from '#functions/dispatch/caller-pauses.ts';
import type { DispatchContext } from '#functions/dispatch/context.ts';
import type { Table } from '#shared/aws/table.ts';
import type { NewJob, Turn } from '#shared/jobs/job.ts';
import { createJob } from '#shared/jobs/job-store.ts';
import { type CallerPause, pauseCaller, readCallerPause } from '#shared/jobs/lanes/caller-pauses.ts';
import { takePlaces, toPlace } from '#shared/jobs/lanes/held-jobs.ts';
import { type Lane, maxUnansweredMs } from '#shared/jobs/lanes/lane.ts';
import { allItems, readJob } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { createLane, dispatchContext, heldMs, newJob, perMinute } from '#test/fixtures/queue.ts';

/** A queue with one turn a run of dispatch, whose callers are paused and resumed. */
export interface PausedQueue {
  lane: Lane;
  /** The jobs that were given a turn, in this order. */
  served: { caller: string; jobId: string }[];
  context: (on?: Lane) => DispatchContext;
  pause: (caller: string) => Promise<boolean>;
  /** Queues jobs as the API and the inbox do: apart while their caller is paused. */
  submit: (caller: string, count?: number, fields?: Partial<NewJob>) => Promise<string[]>;
  /** The same of one who read some time ago whether the caller is paused. */
  submitKnowing: (pause: CallerPause | undefined, caller: string) => Promise<string>;
  /** What a run of dispatch does for the queue. */
  dispatch: () => Promise<void>;
  /** @returns the callers that were given the turns of so many runs */
  serve: (runs: number) => Promise<string[]>;
  /** The ids of the jobs of a caller that were given a turn. */
  servedOf: (caller: string) => string[];
  /** Where the jobs stand. */
  ranks: () => Promise<Record<string, unknown>[]>;
}

export const createPausedQueue = (table: Table, clock: ManualClock): PausedQueue => {
  const lane = createLane(table, perMinute(1));
  const served: PausedQueue['served'] = [];
  const context = (on: Lane = lane) =>
    dispatchContext(on, {
      startTurn: async (turn: Turn) => {
        const { caller, jobId } = await readJob(table, turn);
        served.push({ caller, jobId });
      },
    });
  const put = async (pause: CallerPause | undefined, caller: string, count: number, fields: Partial<NewJob>) => {
    const { firstRound, isHeld } = await takePlaces(lane, caller, 'normal', { count, pause });
    const jobIds: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const job = newJob({ caller, ...fields });
      await createJob(table, job, toPlace(job, firstRound + index, isHeld));
      jobIds.push(job.jobId);
    }
    return jobIds;
  };
  const dispatch = async () => {
    const run = context();
    const { callers } = await moveJobsOfPausedCallers(run);
    await assignTurns(run, lane, callers);
    // Nothing is heard of the submit, so that its permit stays taken for longer than its window.
    clock.advance(heldMs + maxUnansweredMs);
  };
  return {
    lane,
    served,
    context,
    dispatch,
    pause: (caller) => pauseCaller(table, [lane.name], caller, { by: 'root' }),
    submit: async (caller, count = 1, fields = {}) => put(await readCallerPause(table, caller), caller, count, fields),
    submitKnowing: async (pause, caller) => String((await put(pause, caller, 1, {}))[0]),
    serve: async (runs) => {
      const before = served.length;
      for (let index = 0; index < runs; index += 1) await dispatch();
      return served.slice(before).map(({ caller }) => caller);
    },
    servedOf: (wanted) => served.flatMap(({ caller, jobId }) => (caller === wanted ? [jobId] : [])),
    ranks: async () =>
      (await allItems(table))
        .filter(({ sk }) => sk === 'job')
        .map(({ jobId, queueState, queueOrder, rank }) => ({ jobId, queueState, queueOrder, rank }))
        .sort((one, other) => (String(one.jobId) < String(other.jobId) ? -1 : 1)),
  };
};
