import { condition } from '../../aws/expressions.ts';
import { getItem, updateItem } from '../../aws/table.ts';
import { type Lane, type LaneQueue, lanePartition, spacingMs } from './lane.ts';

/** Key of the item that says up to when the submit times of a lane are planned. */
export const scheduleKey = (lane: string) => ({ pk: lanePartition(lane), sk: 'schedule' });

const readNext = async ({ table, name }: LaneQueue): Promise<number> =>
  Number((await getItem(table, scheduleKey(name)))?.['nextAt'] ?? 0);

/**
 * Claims the next submit time of a lane with short windows, so that its turns come to the fence at an even pace, however many
 * dispatchers plan them. Without short windows every time is as good.
 *
 * @param earliest epoch ms
 * @param latest epoch ms
 * @returns undefined if the lane is planned beyond the latest time already
 */
export const claimSubmitTime = async (lane: Lane, earliest: number, latest: number): Promise<number | undefined> => {
  const spacing = spacingMs(lane.limits);
  if (spacing === undefined) return earliest <= latest ? earliest : undefined;
  for (;;) {
    const next = await readNext(lane);
    const submitAt = Math.max(earliest, next);
    if (submitAt > latest) return undefined;
    const isUnclaimed = condition`#nextAt = ${next}`;
    const claimed = await updateItem(lane.table, scheduleKey(lane.name), {
      set: { nextAt: submitAt + spacing },
      when: next === 0 ? condition`attribute_not_exists(#nextAt) OR ${isUnclaimed}` : isUnclaimed,
    });
    if (claimed !== undefined) return submitAt;
  }
};
