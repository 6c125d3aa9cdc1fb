import { randomUUID } from 'node:crypto';
import { v5 } from 'uuid';
import { condition } from '../aws/expressions.ts';
import { putItem, type Table, ttlAfter } from '../aws/table.ts';
import { auditPartition } from '../deployment/tables.ts';
import { GatewayError } from '../errors.ts';
import type { Log } from '../observability.ts';
import { type AuditEntry, type AuditedChange, auditRetentionDays, needsEntryFirst } from './entry.ts';

/** Where entries are written to. */
export interface AuditTrail {
  table: Table;
  log: Pick<Log, 'error'>;
}

/** The trail could not be written, so that nothing was changed. */
export class AuditUnavailableError extends GatewayError {
  constructor(cause: unknown) {
    super('audit_unavailable', 'The audit trail cannot be written just now, and nothing was changed: try again.', {
      status: 503,
      cause,
    });
  }
}

/** An entry without what the trail adds to it. */
type NewEntry = AuditedChange & Pick<AuditEntry, 'outcome' | 'code'> & { changeId?: string };

const hourMs = 3_600_000;
const namespace = '6f0c7c1e-53a4-4f0e-9a0d-2f4f0f3f7f11';

// The key is new each time, and the condition keeps even a key that comes twice from replacing what is there.
const write = async ({ table }: AuditTrail, entry: NewEntry, { hourly = false } = {}): Promise<void> => {
  const now = table.clock.now();
  const at = new Date(hourly ? now - (now % hourMs) : now).toISOString();
  const entryId = hourly ? v5(JSON.stringify([at, entry.actor, entry.action, entry.code]), namespace) : randomUUID();
  const key = { pk: auditPartition(at), sk: `${at}#${entryId}` };
  const item = { changeId: entryId, ...entry, entryId, at, expiresAt: ttlAfter(table, auditRetentionDays * 86_400) };
  await putItem(table, { ...key, ...item }, condition`attribute_not_exists(#pk)`);
};

/**
 * Writes an entry about what has happened already. Never throws: what cannot be written goes into the log instead, whole.
 *
 * @param options.hourly for what can happen many times a second: one entry an hour, with the hour as its time, for each actor and code
 */
export const recordAudit = async (trail: AuditTrail, entry: NewEntry, options?: { hourly: boolean }): Promise<void> => {
  try {
    await write(trail, entry, options);
  } catch (error) {
    trail.log.error('An entry of the audit trail could not be written.', {
      entry,
      error: error instanceof Error ? error.name : 'unknown',
    });
  }
};

/**
 * Changes something under two entries: `begun` before it, and how it ended after it. If a crash, or the table, keeps the second
 * from being written, the first one remains. Without the first, what {@link needsEntryFirst} names is not done.
 *
 * @param readOutcome tells from the result whether anything was changed; by default it always was
 * @throws {AuditUnavailableError} if nothing was done because the first entry could not be written; what `act` throws
 */
export const withAudit = async <Result>(
  trail: AuditTrail,
  change: AuditedChange,
  act: () => Promise<Result>,
  readOutcome: (result: Result) => 'done' | 'unchanged' = () => 'done',
): Promise<Result> => {
  const changeId = randomUUID();
  const begun = { ...change, changeId, outcome: 'begun' as const };
  if (needsEntryFirst.has(change.action)) {
    try {
      await write(trail, begun);
    } catch (error) {
      throw new AuditUnavailableError(error);
    }
  } else await recordAudit(trail, begun);
  let result: Result;
  try {
    result = await act();
  } catch (error) {
    const code = error instanceof GatewayError ? error.code : error instanceof Error ? error.name : 'unknown';
    await recordAudit(trail, { ...change, changeId, outcome: 'failed', code });
    throw error;
  }
  await recordAudit(trail, { ...change, changeId, outcome: readOutcome(result) });
  return result;
};
