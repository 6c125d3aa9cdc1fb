import { createRetryStrategy } from '@aws/durable-execution-sdk-js';
import { tryTriggerDispatch } from '#shared/aws/trigger-dispatch.ts';
import { inboxPrefix } from '#shared/batches/batch-files.ts';
import { batchIdOfFile } from '#shared/batches/batch-identity.ts';
import { createBatch } from '#shared/batches/batch-store.ts';
import { callerOfFolder } from '#shared/inputs/caller-folders.ts';
import type { InboxContext } from './context.ts';
import type { InboxEvent } from './events.ts';
import { writeReceipt } from './write-receipt.ts';

/** Nobody else remembers that a file was dropped: over some hours the table must come back. */
export const registrationRetries = createRetryStrategy({
  maxAttempts: 60,
  initialDelay: { seconds: 5 },
  maxDelay: { minutes: 10 },
});

/**
 * Makes a batch of a new file in the inbox. The same event again, or another one of the same version of the object, finds
 * the batch that is there.
 *
 * @returns undefined for a folder's marker, which is no file
 */
export const registerFile = async (
  inbox: InboxContext,
  { source, bytes }: Extract<InboxEvent, { kind: 'file' }>,
): Promise<string | undefined> => {
  const { table, retentionSeconds, log } = inbox;
  if (source.key.endsWith('/') && (bytes ?? 0) === 0) return undefined;
  const caller = teamOf(source.key);
  const batchId = batchIdOfFile(caller, source);
  const { created } = await createBatch(
    table,
    { batchId, caller, source, priority: 'low', retentionSeconds },
    table.clock.now(),
  );
  log.info('file found', { batchId, created });
  await writeReceipt(inbox, batchId, source);
  // From here on the batch is followed like one that came by the API.
  await tryTriggerDispatch(inbox);
  return batchId;
};

// As long as a caller of the API may be called.
const longestTeam = 1024;

/** The team whose folder a file lies in; empty if it lies in none. */
export const teamOf = (key: string): string => {
  const [folder = '', ...rest] = key.slice(inboxPrefix.length).split('/');
  const team = callerOfFolder(folder);
  const isFolder = key.startsWith(inboxPrefix) && rest.length > 0;
  return isFolder && team.trim() !== '' && Buffer.byteLength(team) <= longestTeam ? team : '';
};
