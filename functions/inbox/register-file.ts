import { createRetryStrategy } from '@aws/durable-execution-sdk-js';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import type { BatchSource } from '#shared/batches/batch.ts';
import { batchIdOfFile, createBatch } from '#shared/batches/batch-store.ts';
import { admitBatch } from '#shared/callers/admission.ts';
import { parseInboxKey, receiptKey, reportKey } from '#shared/deployment/bucket.ts';
import { GatewayError } from '#shared/errors.ts';
import { batchUrl } from '#shared/gateway-urls.ts';
import type { InboxContext } from './context.ts';
import type { InboxEvent } from './events.ts';

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
  // A file beyond the limit waits: the step is tried again until there is room.
  if (caller !== '') await admitBatch(table, caller, await inbox.readPolicy(caller), batchId);
  const { created, batch } = await createBatch(
    table,
    { batchId, caller, source, priority: 'low', retentionSeconds },
    table.clock.now(),
  );
  // The same content came before, and is just being erased: it becomes a batch once it is gone.
  if (batch.state === 'erasing') throw new BatchErasingError(batchId);
  log.info('file found', { batchId, created });
  await writeReceipt(inbox, batchId, source);
  // From here on dispatch schedules the batch like one that came by the API.
  await tryTriggerDispatch(inbox);
  return batchId;
};

/** A file has the content of a batch that is being erased: to be tried again. */
export class BatchErasingError extends GatewayError {
  constructor(batchId: string) {
    super('batch_erasing', `The batch ${batchId} is being erased.`);
  }
}

// The longest name of a caller that the API takes, in bytes.
const maxTeamBytes = 1024;

/** The team whose folder a file lies in; empty if it lies in none. */
const readTeam = (key: string): string => {
  const team = parseInboxKey(key) ?? '';
  return team.trim() !== '' && Buffer.byteLength(team) <= maxTeamBytes ? team : '';
};

// S3: the longest key, in bytes of UTF-8.
const maxKeyBytes = 1_024;

/**
 * Writes, under the file's own name, which batch the file is and where its report will be. The receipt of another version of
 * the file replaces it, which is why it names its own version; a file whose name is too long for it has none.
 */
const writeReceipt = async ({ s3, bucket, bus }: InboxContext, batchId: string, source: BatchSource): Promise<void> => {
  const key = receiptKey(source.key);
  if (Buffer.byteLength(key) > maxKeyBytes) return;
  const receipt = {
    batchId,
    source,
    reports: { jsonl: reportKey(batchId, 'jsonl'), csv: reportKey(batchId, 'csv') },
    url: batchUrl(bus.gatewayUrl, batchId),
  };
  const Body = JSON.stringify(receipt, undefined, 2);
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentType: 'application/json' }));
};
