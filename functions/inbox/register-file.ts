import { createRetryStrategy } from '@aws/durable-execution-sdk-js';
import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import { batchIdOfFile, createBatch, getBatch } from '#shared/batches/batch-store.ts';
import { takeBatchPlace } from '#shared/callers/admission.ts';
import { fitsKeys } from '#shared/callers/caller.ts';
import { parseInboxKey } from '#shared/deployment/bucket.ts';
import { GatewayError } from '#shared/errors.ts';
import type { InboxContext } from './context.ts';
import type { InboxEvent } from './events.ts';
import { writeReceipt } from './receipt.ts';

/** The event is all that remembers a dropped file until its batch is written: an outage of the table of some hours is survived. */
export const registrationRetries = createRetryStrategy({
  maxAttempts: 60,
  initialDelay: { seconds: 5 },
  maxDelay: { minutes: 10 },
});

/**
 * Makes a batch of a new file in the inbox. The same event again, or another one of the same content under the same key,
 * finds the batch that is there.
 *
 * @returns undefined for a folder's marker, which is not a file
 */
export const registerFile = async (
  inbox: InboxContext,
  { source, bytes }: Extract<InboxEvent, { kind: 'file' }>,
): Promise<string | undefined> => {
  const { table, retentionSeconds, log } = inbox;
  if (source.key.endsWith('/') && (bytes ?? 0) === 0) return undefined;
  const caller = readTeam(source.key);
  const batchId = batchIdOfFile(caller, source);
  const waiting = (await mustWait(inbox, caller, batchId))
    ? ({ rule: 'openBatches', since: new Date(table.clock.now()).toISOString() } as const)
    : undefined;
  const { created, batch } = await createBatch(
    table,
    { batchId, caller, source, priority: 'low', retentionSeconds, waiting },
    table.clock.now(),
  );
  // The same content came before, and is just being erased: it becomes a batch once it is gone.
  if (batch.state === 'erasing') throw new BatchErasingError(batchId);
  log.info('file found', { batchId, created });
  await writeReceipt(inbox, { batchId, source, waiting: batch.waiting });
  // From here on dispatch schedules the batch like one that came by the API.
  await tryTriggerDispatch(inbox);
  return batchId;
};

/** Whether a file is beyond what its caller may have under way: its batch is there, and read once there is room. */
const mustWait = async ({ table, readPolicy }: InboxContext, caller: string, batchId: string): Promise<boolean> => {
  if (caller === '' || (await getBatch(table, batchId)) !== undefined) return false;
  return !(await takeBatchPlace(table, caller, await readPolicy(caller), batchId));
};

/** A file has the content of a batch that is being erased: to be tried again. */
export class BatchErasingError extends GatewayError {
  constructor(batchId: string) {
    super('batch_erasing', `The batch ${batchId} is being erased.`);
  }
}

/** The team whose folder a file lies in; empty if it lies in none. */
const readTeam = (key: string): string => {
  const team = parseInboxKey(key) ?? '';
  return team.trim() !== '' && fitsKeys(team) ? team : '';
};
