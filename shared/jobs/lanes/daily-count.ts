import { condition } from '../../aws/expressions.ts';
import { ttlAfter, updateItem } from '../../aws/table.ts';
import { type Lane, lanePartition } from './lane.ts';

/** Key of the item that counts the submits of a UTC day. */
export const dayKey = (lane: string, nowMs: number) => ({
  pk: lanePartition(lane),
  sk: `day#${new Date(nowMs).toISOString().slice(0, 10)}`,
});

/**
 * Counts one submit for the current UTC day, before it is sent.
 *
 * @returns false if the day's limit is reached; then nothing may be sent
 */
export const countSubmit = async ({ table, name, limits }: Lane): Promise<boolean> => {
  const now = table.clock.now();
  const { requestsPerDay = Number.MAX_SAFE_INTEGER } = limits;
  const counted = await updateItem(table, dayKey(name, now), {
    add: { submits: 1 },
    set: { expiresAt: ttlAfter(table, 3 * 86_400) },
    when: condition`attribute_not_exists(#submits) OR #submits < ${requestsPerDay}`,
  });
  return counted !== undefined;
};
