import { condition } from '../../aws/expressions.ts';
import { getItem, updateItem } from '../../aws/table.ts';
import { type Lane, type LaneQueue, lanePartition, spacingMs } from './lane.ts';

/** Key of the item that says up to when the submit times of a lane are planned. */
export const scheduleKey = (lane: string) => ({ pk: lanePartition(lane), sk: 'schedule' });

const readNext = async ({ table, name }: LaneQueue): Promise<number> =>
  Number((await getItem(table, scheduleKey(name)))?.['nextAt'] ?? 0);

/**
 * Claims the next submit times of a lane with short windows, in one write, so that its turns come to the fence at an even pace, however
 * many dispatchers plan them. Without short windows every time is as good.
 *
 * @param earliest of each turn, epoch ms, in their order
 * @param latest epoch ms
 * @returns times of the first turns; fewer, or none, where the lane is planned beyond the latest time
 */
export const claimSubmitTimes = async (lane: Lane, earliest: readonly number[], latest: number): Promise<number[]> => {
  const spacing = spacingMs(lane.limits);
  if (spacing === undefined) return earliest.filter((time) => time <= latest);
  for (;;) {
    const next = await readNext(lane);
    const times: number[] = [];
    let nextAt = next;
    for (const time of earliest) {
      const submitAt = Math.max(time, nextAt);
      if (submitAt > latest) break;
      times.push(submitAt);
      nextAt = submitAt + spacing;
    }
    if (times.length === 0) return [];
    const isUnclaimed = condition`#nextAt = ${next}`;
    const claimed = await updateItem(lane.table, scheduleKey(lane.name), {
      set: { nextAt },
      when: next === 0 ? condition`attribute_not_exists(#nextAt) OR ${isUnclaimed}` : isUnclaimed,
    });
    if (claimed !== undefined) return times;
  }
};
