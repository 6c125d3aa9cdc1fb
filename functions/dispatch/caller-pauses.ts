import pMap from 'p-map';
import {
  beginReturn,
  type CallerPause,
  endCallerPause,
  isHolding,
  listCallerPauses,
  servedBefore,
  settleCallerPause,
} from '#shared/jobs/lanes/caller-pauses.ts';
import {
  countHeld,
  createShifts,
  heldJobs,
  holdJob,
  queuedJobsOf,
  returnJob,
  type WaitingEntry,
} from '#shared/jobs/lanes/held-jobs.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { skipRounds } from '#shared/jobs/lanes/rounds.ts';
import { isRefusedWrite, setAsideJob } from '#shared/jobs/set-aside.ts';
import { priorities } from '#shared/priority.ts';
import type { DispatchContext } from './context.ts';

// Each bounds the work of one run; the next minute goes on.
const maxHoldMs = 5_000;
const maxReturnMs = 5_000;
const concurrency = 16;

// Longer than a turn that was planned before the pause, and than the API believes that a caller is not paused.
const settleAfterMs = 3 * 60_000;

// Longer than the run of any function that may still put a job apart because it saw the pause.
const lingerMs = 20 * 60_000;

type PausesContext = Pick<DispatchContext, 'table' | 'lanes' | 'log'>;

/** What became of the jobs of paused callers, and who may have no turn now. */
export interface HeldCallers {
  held: number;
  returned: number;
  callers: ReadonlySet<string>;
}

/**
 * Takes the jobs of paused callers out of the queues, once, and brings back those of callers that were resumed. A pause whose jobs
 * are all out costs one look at its record.
 */
export const moveJobsOfPausedCallers = async (context: PausesContext): Promise<HeldCallers> => {
  const { table, log } = context;
  const pauses = await listCallerPauses(table);
  const counts = { held: 0, returned: 0 };
  const unsettled = pauses.filter((pause) => isHolding(pause) && !(pause.state === 'paused' && pause.isSettled));
  const startedAt = table.clock.now();
  const isWhole = unsettled.length === 0 || (await holdJobs(context, unsettled, counts));
  const held = new Set<string>();
  for (const pause of pauses) {
    if (isHolding(pause)) held.add(pause.caller);
    try {
      if (pause.state === 'paused' && !pause.isSettled && isWhole && startedAt >= pause.since + settleAfterMs) {
        await settleCallerPause(table, pause);
      }
      const returning =
        pause.state === 'resuming' && isWhole ? await catchUp(context, pause) : isHolding(pause) ? undefined : pause;
      if (returning === undefined) continue;
      await returnJobs(context, returning, counts);
      held.delete(pause.caller);
    } catch (error) {
      log.error('The jobs of a paused caller could not be moved; the next run tries again.', { error: String(error) });
    }
  }
  return { ...counts, callers: held };
};

/** @returns whether the queues were looked through to their end, and nothing failed */
const holdJobs = async (
  { table, lanes, log }: PausesContext,
  pauses: readonly CallerPause[],
  counts: { held: number },
): Promise<boolean> => {
  const endsAt = table.clock.now() + maxHoldMs;
  const callers = new Set(pauses.map(({ caller }) => caller));
  let isWhole = true;
  for (const lane of lanes.values()) {
    const readShift = createShifts(lane);
    for await (const entries of queuedJobsOf(lane, callers)) {
      const move = async (entry: WaitingEntry) => {
        if (table.clock.now() >= endsAt) return 'late';
        return tryMove({ table, log }, entry, async () =>
          holdJob(lane, entry, await readShift(entry.caller, entry.rank)),
        );
      };
      const moved = await pMap(entries, move, { concurrency });
      counts.held += moved.filter((outcome) => outcome === 'moved').length;
      isWhole &&= !moved.includes('late') && !moved.includes('failed');
      if (table.clock.now() >= endsAt) return false;
    }
  }
  return isWhole;
};

/** One job that cannot be moved must not keep the others from it; one whose record takes no write is ended. */
const tryMove = async (
  { table, log }: Pick<PausesContext, 'table' | 'log'>,
  { jobId }: WaitingEntry,
  move: () => Promise<boolean>,
): Promise<'moved' | 'gone' | 'failed'> => {
  try {
    return (await move()) ? 'moved' : 'gone';
  } catch (error) {
    log.error('A job of a paused caller could not be moved.', { jobId, error: String(error) });
    if (!isRefusedWrite(error)) return 'failed';
    await setAsideJob(table, { jobId });
    return 'gone';
  }
};

/** Moves a caller on by the rounds that it missed, before its first job is back. */
const catchUp = async ({ table, lanes }: PausesContext, pause: CallerPause): Promise<CallerPause | undefined> => {
  for (const lane of lanes.values()) {
    for (const priority of priorities) {
      const served = servedBefore(pause, lane.name, priority);
      if (served === undefined) continue;
      await skipRounds(lane, pause.caller, priority, { pauseId: pause.pauseId, served });
    }
  }
  return beginReturn(table, pause);
};

/** Brings jobs back, those of all lanes and priorities in turn, so that none has to wait for the others. */
const returnJobs = async (context: PausesContext, pause: CallerPause, counts: { returned: number }): Promise<void> => {
  const { table, lanes } = context;
  const endsAt = table.clock.now() + maxReturnMs;
  let queues = [...lanes.values()].flatMap((lane) => {
    const readShift = createShifts(lane);
    return priorities.map((priority) => ({ lane, readShift, pages: heldJobs(lane, pause.caller, priority) }));
  });
  while (queues.length > 0 && table.clock.now() < endsAt) {
    const more = [];
    for (const queue of queues) {
      const { value: entries, done } = await queue.pages.next();
      if (done === true) continue;
      const outcomes = await returnPage(context, queue.lane, entries, queue.readShift);
      counts.returned += outcomes.filter((outcome) => outcome === 'moved').length;
      more.push(queue);
    }
    queues = more;
  }
  const isOver = (pause.returningSince ?? 0) + lingerMs < table.clock.now();
  if (isOver && (await countHeld(table, pause.caller)) === 0) await endCallerPause(table, pause);
};

const returnPage = (
  context: PausesContext,
  lane: Lane,
  entries: readonly WaitingEntry[],
  readShift: ReturnType<typeof createShifts>,
) =>
  pMap(
    entries,
    (entry) => tryMove(context, entry, async () => returnJob(lane, entry, await readShift(entry.caller, entry.rank))),
    { concurrency },
  );
