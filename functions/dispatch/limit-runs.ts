import { setTimeout as sleep } from 'node:timers/promises';
import { type Condition, condition } from '#shared/aws/expressions.ts';
import { getItem, type Table, updateItem } from '#shared/aws/table.ts';
import { jobPartitions } from '#shared/deployment/tables.ts';
import type { DispatchContext } from './context.ts';

/**
 * Every new job asks for a dispatch, and an account may have no more than ten functions at work at once. So two runs at most work at a
 * time, the second only beside one that takes long, as two that begin together get in each other's way; a request that comes meanwhile
 * leaves a mark, and the run that ends first goes round once more, whether it failed or not. A run that died keeps its place for some
 * seconds. The run of each minute needs no place: what a crash makes of marks and places delays a job by a minute at most.
 */

const places = ['first', 'second'] as const;
type Place = (typeof places)[number];

const key = { pk: jobPartitions.status('dispatch'), sk: 'runs' };

// Longer than a run takes as a rule; one that takes longer may have a third beside it, which does no harm.
const placeMs = 10_000;
// A run that is not over by then may take long.
const longMs = 3_000;
// A run goes round again until then; the function ends after a minute.
const maxMs = 30_000;
// In a burst of jobs one request comes upon the other: what comes within this time is served by the same round.
const defaultGatherMs = 250;

/** What limiting runs works with. */
type LimitContext = Pick<DispatchContext, 'table' | 'log'>;

/**
 * Runs a dispatch unless one has just begun or two others are at work; then one of them runs again, with all that has come in by now.
 *
 * @param run is told whether it runs again, for others: nothing says what these asked for
 * @param gatherMs how long a run waits before it goes round again
 * @returns what the last run led to; undefined if it was left to another
 * @throws {Error} what a run throws, once no request is left to it
 */
export const limitRuns = async <Result>(
  { table, log }: LimitContext,
  run: (isAgain: boolean) => Promise<Result>,
  gatherMs = defaultGatherMs,
): Promise<Result | undefined> => {
  const taken = await orWithoutPlace(log, () => takePlace(table));
  if (taken === 'full') return undefined;
  if (taken === 'no_place') return run(false);
  const endsAt = table.clock.now() + maxMs;
  const failures: unknown[] = [];
  const tryRun = (isAgain: boolean) =>
    run(isAgain).catch((error: unknown) => {
      failures.push(error);
      return undefined;
    });
  let { held, isAgain } = taken;
  for (;;) {
    let result = await tryRun(isAgain);
    const isLast = table.clock.now() > endsAt;
    const next = await orWithoutPlace(log, () => leavePlace(table, held, isLast ? 0 : placeMs));
    const isAskedFor = next !== 'left' && next !== 'no_place';
    // What is requested during this one finds the place free.
    if (isAskedFor && isLast) result = await tryRun(true);
    if (!isAskedFor || isLast) {
      if (failures.length > 0) throw failures[0];
      return result;
    }
    held = next;
    isAgain = true;
    await sleep(gatherMs);
  }
};

/** Not to know how many are at work is no reason to lose a run. */
const orWithoutPlace = async <Result>(
  log: LimitContext['log'],
  act: () => Promise<Result>,
): Promise<Result | 'no_place'> => {
  try {
    return await act();
  } catch (error) {
    log.warn('How many runs of dispatch are at work is not known.', { error: String(error) });
    return 'no_place';
  }
};

/** A place, and until when it is held (epoch ms). */
interface HeldPlace {
  place: Place;
  until: number;
}

/** A place, and whether the run in it serves others as well: the marks that they have left are gone. */
interface Taken {
  held: HeldPlace;
  isAgain: boolean;
}

const takePlace = async (table: Table): Promise<Taken | 'full'> => {
  const first = await tryToTake(table, 'first', {});
  if (first !== undefined) return { held: first, isAgain: false };
  for (;;) {
    const marked = await updateItem(table, key, { set: { again: true } });
    const now = table.clock.now();
    const [firstUntil, secondUntil] = places.map((place) => Number(marked?.[place] ?? 0)) as [number, number];
    // A run that ended just before saw no mark.
    const isFirstFree = firstUntil <= now;
    const isLong = firstUntil - placeMs + longMs <= now;
    if (!isFirstFree && (!isLong || secondUntil > now)) return 'full';
    // Whatever has left a mark by now is served by this run.
    const held = await tryToTake(table, isFirstFree ? 'first' : 'second', { again: undefined });
    if (held !== undefined) return { held, isAgain: true };
  }
};

const tryToTake = async (
  table: Table,
  place: Place,
  changes: Record<string, undefined>,
): Promise<HeldPlace | undefined> => {
  const now = table.clock.now();
  const until = now + placeMs;
  const taken = await updateItem(table, key, { set: { ...changes, [place]: until }, when: placeCondition(place, now) });
  return taken && { place, until };
};

const placeCondition = (place: Place, now: number): Condition =>
  place === 'first'
    ? condition`attribute_not_exists(#first) OR #first <= ${now}`
    : condition`attribute_not_exists(#second) OR #second <= ${now}`;

const holdCondition = ({ place, until }: HeldPlace): Condition =>
  place === 'first' ? condition`#first = ${until}` : condition`#second = ${until}`;

/** Leaves a place; or, if another run was asked for, keeps it for so long (ms). */
const leavePlace = async (table: Table, held: HeldPlace, keptMs: number): Promise<HeldPlace | 'left'> => {
  const isHeld = holdCondition(held);
  for (;;) {
    const left = await updateItem(table, key, {
      set: { [held.place]: undefined },
      when: condition`${isHeld} AND attribute_not_exists(#again)`,
    });
    if (left !== undefined) return 'left';
    const until = table.clock.now() + keptMs;
    const kept = await updateItem(table, key, {
      set: { [held.place]: until, again: undefined },
      when: condition`${isHeld} AND attribute_exists(#again)`,
    });
    if (kept !== undefined) return { ...held, until };
    // The place was too old and another's, or the mark came or went between the two.
    if ((await getItem(table, key))?.[held.place] !== held.until) return 'left';
  }
};
