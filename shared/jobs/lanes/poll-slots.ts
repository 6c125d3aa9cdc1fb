import type { RequestWindow } from '../../adobe/services/service.ts';
import { condition } from '../../aws/expressions.ts';
import { updateItem } from '../../aws/table.ts';
import type { HeldPermit } from '../job.ts';
import type { Lane } from './lane.ts';
import { holdUntil, permitKey, settlePermits } from './permits.ts';

// With room for a third of its requests a window is found full once in a thousand times.
const tries = 16;

/**
 * Takes a place for one poll in every window of a lane, beside the submits that may share it: as they do, a poll holds the place
 * until one window after its answer. Which places are free is found by trying: reading all of them would cost more.
 *
 * @param maxAnswerMs after which the poll cannot be under way any more
 * @returns undefined if a window has no room now
 */
export const takePollSlots = async (lane: Lane, maxAnswerMs: number): Promise<HeldPermit[] | undefined> => {
  const taken: HeldPermit[] = [];
  for (const window of lane.limits.windows) {
    const slot = await takeSlot(lane, window, maxAnswerMs);
    if (slot === undefined) {
      await settlePollSlots(lane, taken);
      return undefined;
    }
    taken.push(slot);
  }
  return taken;
};

/** Lets the places of a poll come free one window from now: it has been answered, or was not sent. */
export const settlePollSlots = (lane: Lane, slots: readonly HeldPermit[]): Promise<void> =>
  settlePermits(lane, slots, lane.table.clock.now());

const takeSlot = async (
  { table, name }: Lane,
  { seconds, hard, soft = hard }: RequestWindow,
  maxAnswerMs: number,
): Promise<HeldPermit | undefined> => {
  const first = Math.floor(Math.random() * soft);
  for (let attempt = 0; attempt < Math.min(tries, soft); attempt += 1) {
    const index = (first + attempt * stride(soft)) % soft;
    const now = table.clock.now();
    const until = holdUntil({ seconds }, now + maxAnswerMs);
    const taken = await updateItem(table, permitKey(name, { window: seconds, index }), {
      set: { freeAt: until, unansweredUntil: until },
      when: condition`(attribute_not_exists(#freeAt) OR #freeAt <= ${now}) AND (attribute_not_exists(#unansweredUntil) OR #unansweredUntil <= ${now})`,
    });
    if (taken !== undefined) return { window: seconds, index, until };
  }
  return undefined;
};

// Spreads the tries over the window, and meets each place of a small one once.
const stride = (places: number): number => (places <= tries ? 1 : Math.floor(places / tries));
