import type { Priority } from '../../priority.ts';
import type { LaneQueue } from './lane.ts';
import { type ReadServedRound, takeRounds } from './rounds.ts';

/** Rounds that a process has taken for a caller and not given to a job yet. */
interface Block {
  next: number;
  end: number;
  takenAt: number;
  /** Rounds that the process has given to the caller's jobs since these began to come one after another. */
  given: number;
}

/** Gives a caller its next round at a priority. */
export type TakeRound = (queue: LaneQueue, caller: string, priority: Priority) => Promise<number>;

// Rounds that no job takes are lost to their caller: its next jobs are served as if these jobs were there.
const shareOfGiven = 8;
const maxBlock = 64;
// After that what is left of a block is given up: a pause of the caller moves on what stands in the table, and not what a process holds.
const maxAgeMs = 10_000;
const maxBlocks = 1_000;

/**
 * Takes rounds in blocks for callers that send one job after another, so that a job costs no write to the counter of its caller. A
 * block is an eighth of what the process has given the caller since, at most: no caller is ever moved on by more than that.
 */
export const createRoundBlocks = (readServed: ReadServedRound): TakeRound => {
  const blocks = new Map<string, Block>();
  return async (queue, caller, priority) => {
    const key = JSON.stringify([queue.name, priority, caller]);
    const now = queue.table.clock.now();
    const served = await readServed(queue, priority);
    const found = blocks.get(key);
    const known = found !== undefined && now - found.takenAt < maxAgeMs ? found : undefined;
    if (known !== undefined && Math.max(known.next, served) <= known.end) {
      const round = Math.max(known.next, served);
      known.next = round + 1;
      known.given += 1;
      return round;
    }
    const given = (known?.given ?? 0) + 1;
    const count = Math.max(1, Math.min(maxBlock, Math.floor(given / shareOfGiven)));
    const first = await takeRounds(queue, caller, priority, count, async () => served);
    if (blocks.size >= maxBlocks) blocks.clear();
    blocks.set(key, { next: first + 1, end: first + count - 1, takenAt: now, given });
    return first;
  };
};
