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
  for (let served = 0; served < limit; served += 1) {
    const next = priorityOrder(turns + 1 + served).find((each) => each === priority || left[each] > 0);
    if (next === undefined || (next === priority && left[priority] === 0)) return served;
    left[next] -= 1;
  }
  return limit;
};
