import { condition } from '#shared/aws/expressions.ts';
import { getItem, type Table, ttlAfter, updateItem } from '#shared/aws/table.ts';
import { jobPartitions } from '#shared/deployment/tables.ts';
import { ProblemError } from '../http/problem.ts';

/** One call every 2 s on average, and ten at once: a person's pace, and no way to use up the owner's credential. */
const intervalMs = 2_000;
const burst = 10;

/**
 * Takes a token of a caller's bucket for a call that is passed on to Adobe under the gateway's credential. The bucket is one
 * number in the table, the time up to which its tokens are spent, so that all processes share it.
 *
 * @throws {ProblemError} 429 if the bucket is empty
 */
export const takeCall = async (table: Table, caller: string): Promise<void> => {
  const key = { pk: jobPartitions.caller(caller), sk: 'adobe-calls' };
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
    if (taken !== undefined) return;
    const spentUntil = Number((await getItem(table, key))?.['spentUntil'] ?? 0);
    if (spentUntil <= latest) continue;
    const seconds = Math.ceil((spentUntil - latest) / 1000);
    throw new ProblemError(429, 'too_many_calls', `Calls that go to Adobe at once are limited: wait ${seconds} s.`, {
      headers: { 'retry-after': String(seconds) },
    });
  }
};
