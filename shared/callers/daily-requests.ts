import { v7 } from 'uuid';
import { allOf, Condition, condition } from '../aws/expressions.ts';
import { getItem, type Table, ttlAfter, updateItem } from '../aws/table.ts';
import { jobPartitions } from '../deployment/tables.ts';

const dayMs = 86_400_000;

// Written at each request: it must stay small.
const maxReturns = 100;

/** When the UTC day of a time ends, both in epoch ms. */
export const endOfDay = (nowMs: number): number => (Math.floor(nowMs / dayMs) + 1) * dayMs;

const dayKey = (caller: string, nowMs: number) => ({
  pk: jobPartitions.caller(caller),
  sk: `requests#${new Date(nowMs).toISOString().slice(0, 10)}`,
});

/** Lines of a batch whose requests are counted, each once although a chunk of lines is read again. */
export interface CountedLines {
  batchId: string;
  /** Numbers of the lines, rising. */
  lines: readonly number[];
  /** When their chunk was begun for the first time, epoch ms: names the day for which they count. */
  at: number;
}

const markOf = (batchId: string): string => `to_${batchId.replaceAll('-', '')}`;

/** Up to which line the requests of a batch are counted for the day of a time (epoch ms); 0 if none is. */
export const readCountedTo = async (table: Table, caller: string, batchId: string, at: number): Promise<number> =>
  Number((await getItem(table, dayKey(caller, at)))?.[markOf(batchId)] ?? 0);

/** Requests counted for a caller. */
export interface CountedRequests {
  count: number;
  /** The time whose UTC day they count for, in epoch ms. */
  countedAt: number;
}

/**
 * Counts requests of this UTC day before their jobs exist, as many of those wanted as the day still allows. One conditional write
 * decides, however many come at once. A crash behind it, or an answer that was lost, leaves more counted than there are jobs: it errs to fewer
 * jobs than allowed, never to more. Those of lines leave in the same write up to which line they are counted.
 */
export const countRequests = async (
  table: Table,
  caller: string,
  wanted: number,
  requestsPerDay: number,
  of?: CountedLines,
): Promise<CountedRequests> => {
  const countedAt = of?.at ?? table.clock.now();
  let count = Math.min(wanted, requestsPerDay);
  while (count > 0) {
    const isWithin = condition`attribute_not_exists(#requests) OR #requests <= ${requestsPerDay - count}`;
    const last = of?.lines[count - 1] ?? 0;
    const counted = await updateItem(table, dayKey(caller, countedAt), {
      add: { requests: count },
      set: { expiresAt: ttlAfter(table, 3 * 86_400), ...(of && { [markOf(of.batchId)]: last }) },
      setIfAbsent: { returned: [] },
      when: of === undefined ? isWithin : allOf(isWithin, isBehind(markOf(of.batchId), last)),
    });
    if (counted !== undefined) break;
    const item = (await getItem(table, dayKey(caller, countedAt))) ?? {};
    if (of !== undefined) {
      // The SDK sent the update again after its answer was lost.
      const before = of.lines.filter((line) => line <= Number(item[markOf(of.batchId)] ?? 0)).length;
      if (before > 0) return { count: before, countedAt };
    }
    count = Math.min(count, requestsPerDay - Number(item['requests'] ?? 0));
  }
  return { count: Math.max(0, count), countedAt };
};

const isBehind = (mark: string, line: number): Condition =>
  new Condition([`attribute_not_exists(#${mark}) OR #${mark} < `, ''], [line]);

/**
 * How many requests of a UTC day are counted.
 *
 * @param at a time of that day, epoch ms; now by default
 */
export const readRequests = async (table: Table, caller: string, at: number = table.clock.now()): Promise<number> => {
  const item = await getItem(table, dayKey(caller, at));
  return Number(item?.['requests'] ?? 0);
};

/** Gives counted requests back that became no jobs; after {@link maxReturns} times on one day nothing is given back any more. */
export const returnRequests = async (
  table: Table,
  caller: string,
  { count, countedAt }: CountedRequests,
): Promise<void> => {
  if (count === 0) return;
  // The SDK sends an update again whose answer was lost: it must not be given back twice.
  const token = v7();
  await updateItem(table, dayKey(caller, countedAt), {
    add: { requests: -count },
    append: { returned: [token] },
    when: condition`size(#returned) < ${maxReturns} AND NOT contains(#returned, ${token})`,
  });
};
