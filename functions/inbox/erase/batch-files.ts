import { GetObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { eraseObjects, listVersions, type ObjectVersion } from '#shared/aws/erase-objects.ts';
import type { Batch } from '#shared/batches/batch.ts';
import {
  batchFolder,
  batchLinesKey,
  isOwnFile,
  namedFolder,
  parseInboxKey,
  receiptKey,
} from '#shared/deployment/bucket.ts';
import { eraseOutputs } from '#shared/erasing/erase-job.ts';
import { once } from '#shared/once.ts';
import type { InboxContext } from '../context.ts';

type FilesContext = Pick<InboxContext, 's3' | 'bucket'>;

/** Erases every file of a batch: what the gateway keeps of it, its caller's own file that it was made of, and that one's receipt. */
export const eraseBatchFiles = async (inbox: FilesContext, batch: Batch): Promise<void> => {
  const { s3, bucket } = inbox;
  await eraseObjects(s3, bucket, batchFolder(batch.batchId));
  // Its jobs have erased what is theirs; what a crash left in their common folder is nobody's.
  await eraseOutputs((prefix) => eraseObjects(s3, bucket, prefix), namedFolder(batch));
  const { source, caller } = batch;
  if (source?.bucket !== bucket || !isOwnFile(caller, source.key)) return;
  await eraseObjects(s3, bucket, source.key, (version) => isContentOf(batch, version));
  if (parseInboxKey(source.key) !== undefined) await eraseReceipt(inbox, batch.batchId, receiptKey(source.key));
};

/** Erases the lines of a batch as they are read into jobs, once they have been: they hold every prompt a second time. */
export const eraseLinesFile = async ({ s3, bucket }: FilesContext, batchId: string): Promise<void> => {
  await eraseObjects(s3, bucket, batchLinesKey(batchId));
};

/** Whether a version holds what the batch was made of: other contents under the same name are other batches. */
const isContentOf = ({ source }: Batch, { key, versionId, etag }: ObjectVersion): boolean =>
  source !== undefined &&
  key === source.key &&
  (versionId === source.versionId || (etag !== undefined && etag.replaceAll('"', '') === source.etag));

const receiptSchema = once(() => z.object({ batchId: z.string() }));

/** Each content of a file has its receipt under the same name, as one of its versions. */
const eraseReceipt = async ({ s3, bucket }: FilesContext, batchId: string, key: string): Promise<void> => {
  const own = new Set<string>();
  for await (const { versions } of listVersions(s3, bucket, key)) {
    for (const version of versions) {
      if (version.key !== key || version.etag === undefined) continue;
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: version.versionId }));
      const text = (await Body?.transformToString()) ?? '';
      if (receiptSchema().safeParse(JSON.parse(text)).data?.batchId === batchId) own.add(version.versionId);
    }
  }
  if (own.size > 0) await eraseObjects(s3, bucket, key, (version) => version.key === key && own.has(version.versionId));
};
