import { type Priority, priorities } from '../../priority.ts';

/**
 * Which priority is served first at the given turn: high before normal before low, except that of every ten turns one
 * belongs to normal and one to low, so that nothing starves.
 */
export const priorityOrder = (turnNumber: number): Priority[] => {
  const favoured: Priority | undefined = turnNumber % 10 === 9 ? 'low' : turnNumber % 10 === 4 ? 'normal' : undefined;
  return favoured === undefined
    ? [...priorities]
    : [favoured, ...priorities.filter((priority) => priority !== favoured)];
};

/**
 * How many turns go to others before a job gets its own, if nothing else comes in.
 *
 * @param waiting jobs that wait: at the job's own priority those before it, at the others all
 * @param turns how many turns have been given so far
 * @param limit counting stops there
 */
export const turnsBefore = (
  priority: Priority,
  waiting: Record<Priority, number>,
  { turns, limit }: { turns: number; limit: number },
): number => {
  const left = { ...waiting };
  for (let served = 0; served < limit; ) {
    const skipped = skipCycles(priority, left, { turns: turns + served, limit: limit - served });
    served += skipped;
    if (skipped > 0) continue;
    const next = findNext(priority, left, turns + 1 + served);
    if (next === priority && left[priority] === 0) return served;
    left[next] -= 1;
    served += 1;
  }
  return limit;
};

const findNext = (own: Priority, left: Record<Priority, number>, turnNumber: number): Priority =>
  priorityOrder(turnNumber).find((each) => each === own || left[each] > 0) ?? own;

const cycleTurns = 10;

/**
 * Takes off what whole cycles of turns serve, as long as each of them serves the same and leaves some of all that wait.
 *
 * @returns the turns of these cycles
 */
const skipCycles = (
  own: Priority,
  left: Record<Priority, number>,
  { turns, limit }: { turns: number; limit: number },
): number => {
  const served = { high: 0, normal: 0, low: 0 };
  for (let turn = 1; turn <= cycleTurns; turn += 1) served[findNext(own, left, turns + turn)] += 1;
  const counts = priorities.map((each) => (served[each] === 0 ? limit : Math.floor((left[each] - 1) / served[each])));
  const cycles = Math.max(0, Math.min(Math.floor(limit / cycleTurns), ...counts));
  for (const each of priorities) left[each] -= cycles * served[each];
  return cycles * cycleTurns;
};
