import type { Sleep } from '#shared/adobe/http/retry.ts';
import type { Clock } from '#shared/clock.ts';
import type { Job } from '#shared/jobs/job.ts';
import { type Lane, requestIntervalMs } from '#shared/jobs/lanes/lane.ts';
import type { PlannedSubmit } from '#shared/jobs/started-turn.ts';

/**
 * A durable wait lasts whole seconds and may end seconds late: Lambda has to resume the execution, perhaps in a new sandbox. On a
 * busy lane all of that lateness is lost, so an execution wakes before its submit time and waits for the rest in the process.
 */

/** What waiting for a submit time works with. */
export interface SubmitTimeContext {
  table: { clock: Clock };
  lanes: ReadonlyMap<string, Pick<Lane, 'limits'>>;
  /** Waits in the process, in ms. */
  sleep: Sleep;
}

const maxAheadMs = 1_000;
/** Executions of all lanes together that wait in their processes at a time, on average: each takes one of the account's. */
const maxAwake = 1.5;
// What the whole seconds of a wait are rounded down by, on average.
const roundedMs = 500;

/** How long before its submit time an execution is to wake, in ms; after it, on lanes with hundreds of requests a minute. */
const wakeAheadMs = ({ lanes }: Pick<SubmitTimeContext, 'lanes'>, name: string): number => {
  const lane = lanes.get(name);
  if (lane === undefined) return 0;
  const share = (maxAwake / lanes.size) * requestIntervalMs(lane.limits);
  return Math.min(maxAheadMs, Math.max(-roundedMs, share - roundedMs));
};

/** How long the durable execution of a turn waits for its submit time, in whole seconds. */
export const secondsUntilWake = (
  context: Omit<SubmitTimeContext, 'sleep'>,
  { lane, submitAt = 0 }: Pick<Job, 'lane' | 'submitAt'>,
): number => {
  const wakeAt = submitAt - wakeAheadMs(context, lane);
  return Math.max(0, Math.floor((wakeAt - context.table.clock.now()) / 1000));
};

/**
 * The same of an execution that was started with its plan. Whether it waits at all is as dispatch saw it, the same at each resume; for how
 * long is told by the clock, as it may have started late.
 */
export const secondsUntilPlannedWake = (context: Omit<SubmitTimeContext, 'sleep'>, submit: PlannedSubmit): number =>
  submit.isFar ? Math.max(1, secondsUntilWake(context, submit)) : 0;

/** Waits in the process until a time (epoch ms). */
export const waitUntil = async (
  { table: { clock }, sleep }: Omit<SubmitTimeContext, 'lanes'>,
  timeMs: number,
): Promise<void> => {
  // A timer of Node.js may fire a millisecond early.
  for (let ms = timeMs - clock.now(); ms > 0; ms = timeMs - clock.now()) await sleep(Math.ceil(ms));
};

/** A turn whose submit is later than this counts as late; a cold start alone is not. */
const lateAfterMs = 3_000;

/** Whether a turn comes to its submit much later than its time. */
export const isLate = (submitAt: number, nowMs: number): boolean => nowMs - submitAt > lateAfterMs;
