import { condition } from '#shared/aws/expressions.ts';
import { getItem, type ItemKey, type Table, ttlAfter, updateItem } from '#shared/aws/table.ts';

/** How fast a bucket fills, and how much it holds. */
export interface BucketSize {
  /** Ms in which one token is added. */
  intervalMs: number;
  /** Tokens in a full bucket. */
  burst: number;
}

/**
 * Takes a token of a bucket that all processes share: one number in the table, the time up to which its tokens are spent.
 *
 * @param key of the bucket's item
 * @returns ms until there is a token; 0 if one was taken
 */
export const takeToken = async (table: Table, key: ItemKey, { intervalMs, burst }: BucketSize): Promise<number> => {
  for (;;) {
    const now = table.clock.now();
    const set = { expiresAt: ttlAfter(table, 86_400) };
    const latest = now + (burst - 1) * intervalMs;
    const taken =
      (await updateItem(table, key, {
        add: { spentUntil: intervalMs },
        set,
        when: condition`#spentUntil BETWEEN ${now} AND ${latest}`,
      })) ??
      (await updateItem(table, key, {
        set: { ...set, spentUntil: now + intervalMs },
        when: condition`attribute_not_exists(#spentUntil) OR #spentUntil < ${now}`,
      }));
    if (taken !== undefined) return 0;
    const spentUntil = Number((await getItem(table, key))?.['spentUntil'] ?? 0);
    if (spentUntil > latest) return spentUntil - latest;
  }
};
