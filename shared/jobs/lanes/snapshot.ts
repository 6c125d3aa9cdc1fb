import type { RequestWindow } from '../../adobe/services/service.ts';
import { condition } from '../../aws/expressions.ts';
import type { Item } from '../../aws/items.ts';
import { queryItems } from '../../aws/table.ts';
import { dayKey } from './daily-count.ts';
import { type Lane, lanePartition, permitCount, plannedWindows } from './lane.ts';
import { lanePauseKey, type Pauses, readSharedPauses } from './pauses.ts';
import { type Permit, permitKey } from './permits.ts';
import { turnsKey } from './rounds.ts';
import { scheduleKey } from './schedule.ts';

/** A lane's quota as one strongly consistent read saw it. */
export interface LaneSnapshot extends Pauses {
  /** The windows that are planned by permits. */
  windows: { window: RequestWindow; permits: Permit[] }[];
  /** Epoch ms up to which the submit times of a lane with short windows are planned; 0 if none is. */
  nextSubmitAt: number;
  /** Submits counted for the current UTC day. */
  usedToday: number;
  /** Turns ever given; says whose turn is next among the priorities. */
  turns: number;
}

/** Reads permits, pauses, today's count and the number of turns at once. */
export const readLane = async ({ table, name, limits }: Lane): Promise<LaneSnapshot> => {
  const now = table.clock.now();
  const items = new Map<unknown, Item>();
  const where = condition`#pk = ${lanePartition(name)}`;
  for await (const item of queryItems(table, { where, consistent: true })) items.set(item['sk'], item);
  return {
    windows: plannedWindows(limits).map((window) => ({
      window,
      permits: Array.from({ length: permitCount(window, limits) }, (_, index) => {
        const permit = { window: window.seconds, index };
        const { freeAt = 0, unansweredUntil } = items.get(permitKey(name, permit).sk) ?? {};
        return {
          ...permit,
          freeAt: Number(freeAt),
          unansweredUntil: unansweredUntil === undefined ? undefined : Number(unansweredUntil),
        };
      }),
    })),
    ...(await readSharedPauses(table, items.get(lanePauseKey(name).sk))),
    nextSubmitAt: Number(items.get(scheduleKey(name).sk)?.['nextAt'] ?? 0),
    usedToday: Number(items.get(dayKey(name, now).sk)?.['submits'] ?? 0),
    turns: Number(items.get(turnsKey(name).sk)?.['turns'] ?? 0),
  };
};
