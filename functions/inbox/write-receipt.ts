import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { BatchSource } from '#shared/batches/batch.ts';
import { receiptKey, reportKey } from '#shared/batches/batch-files.ts';
import { batchUrl } from '#shared/gateway-urls.ts';
import type { InboxContext } from './context.ts';

// S3 takes no longer ones, in UTF-8.
const longestKey = 1_024;

/**
 * Tells whoever dropped a file, under the file's own name, which batch it is and where its report will be. That of another version
 * of the file replaces it, which is why it names its own; a file whose name is too long for it has none.
 */
export const writeReceipt = async (
  { s3, bucket, bus }: InboxContext,
  batchId: string,
  source: BatchSource,
): Promise<void> => {
  const key = receiptKey(source.key);
  if (Buffer.byteLength(key) > longestKey) return;
  const receipt = {
    batchId,
    source,
    reports: { jsonl: reportKey(batchId, 'jsonl'), csv: reportKey(batchId, 'csv') },
    url: batchUrl(bus.gatewayUrl, batchId),
  };
  const Body = JSON.stringify(receipt, undefined, 2);
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentType: 'application/json' }));
};
