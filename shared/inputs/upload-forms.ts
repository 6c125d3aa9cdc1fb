import { condition } from '../aws/expressions.ts';
import { type Table, ttlAfter, updateItem } from '../aws/table.ts';
import { jobPartitions } from '../deployment/tables.ts';

const daySeconds = 86_400;

/**
 * Counts one more form for an upload on this day (UTC), if the caller has any left: each is a right to store an image, and
 * nothing else limits how much a caller stores. One conditional write decides; a crash after it costs one form.
 *
 * @returns whether it is granted; if not, how long the day lasts, in seconds
 */
export const claimUploadForm = async (
  table: Table,
  caller: string,
  maxForms: number,
): Promise<{ granted: true } | { retryAfterSeconds: number }> => {
  const now = table.clock.now();
  const key = { pk: jobPartitions.caller(caller), sk: `uploads#${new Date(now).toISOString().slice(0, 10)}` };
  const counted = await updateItem(table, key, {
    add: { forms: 1 },
    set: { expiresAt: ttlAfter(table, 2 * daySeconds) },
    when: condition`attribute_not_exists(#forms) OR #forms < ${maxForms}`,
  });
  if (counted !== undefined) return { granted: true };
  return { retryAfterSeconds: daySeconds - (Math.floor(now / 1000) % daySeconds) };
};
