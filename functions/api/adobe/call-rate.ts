import type { Table } from '#shared/aws/table.ts';
import { jobPartitions } from '#shared/deployment/tables.ts';
import { ProblemError } from '../http/problem.ts';
import { takeToken } from '../http/token-bucket.ts';

// One call every 2 s on average, and ten at once: a person's pace, and no way to use up the owner's credential.
const size = { intervalMs: 2_000, burst: 10 };

/**
 * Takes a token of a caller's bucket for a call that is passed on to Adobe under the gateway's credential.
 *
 * @throws {ProblemError} 429 if the bucket is empty
 */
export const takeCall = async (table: Table, caller: string): Promise<void> => {
  const waitMs = await takeToken(table, { pk: jobPartitions.caller(caller), sk: 'adobe-calls' }, size);
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / 1000);
  throw new ProblemError(429, 'too_many_calls', `Calls that go to Adobe at once are limited: wait ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  });
};
