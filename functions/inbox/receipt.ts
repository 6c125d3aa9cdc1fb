import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Batch, BatchSource } from '#shared/batches/batch.ts';
import { receiptKey, reportKey } from '#shared/deployment/bucket.ts';
import { batchUrl } from '#shared/gateway-urls.ts';
import type { InboxContext } from './context.ts';

// S3: the longest key, in bytes of UTF-8.
const maxKeyBytes = 1_024;

const waits = 'Your policy allows no more batches under way at once. This one begins by itself once another has ended.';

/**
 * Writes, under the file's own name, which batch the file is, where its report will be, and since when and for what it waits. The receipt of another version of
 * the file replaces it, which is why it names its own version; a file whose name is too long for it has none.
 */
export const writeReceipt = async (
  { s3, bucket, bus }: InboxContext,
  { batchId, source, waiting }: { batchId: string; source: BatchSource; waiting?: Batch['waiting'] },
): Promise<void> => {
  const key = receiptKey(source.key);
  if (Buffer.byteLength(key) > maxKeyBytes) return;
  const receipt = {
    batchId,
    source,
    reports: { jsonl: reportKey(batchId, 'jsonl'), csv: reportKey(batchId, 'csv') },
    url: batchUrl(bus.gatewayUrl, batchId),
    waiting: waiting && { rule: waiting.rule, since: waiting.since, message: waits },
  };
  const Body = JSON.stringify(receipt, undefined, 2);
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentType: 'application/json' }));
};
