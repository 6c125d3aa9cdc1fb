import type { Table } from '#shared/aws/table.ts';
import type { Priority } from '#shared/jobs/job.ts';
import { readServedRound } from '#shared/jobs/queue.ts';

// Rounds are served at the pace of permits, a few a minute: a moment's delay puts nobody ahead by more than a place.
const freshMs = 2_000;

/** Reads the last served round of a priority, and not again within two seconds: every new job asks for it. */
export const createServedRounds = (table: Table): ((priority: Priority) => Promise<number>) => {
  const known = new Map<Priority, { round: number; readAt: number }>();
  return async (priority) => {
    const last = known.get(priority);
    if (last !== undefined && table.clock.now() - last.readAt < freshMs) return last.round;
    const round = await readServedRound(table, priority);
    known.set(priority, { round, readAt: table.clock.now() });
    return round;
  };
};
