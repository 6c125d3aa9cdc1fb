import pMap from 'p-map';
import { type FoundText, findTexts } from '../adobe/services/body-texts.ts';
import { uploadLifetimeMs } from '../adobe/services/firefly/storage-image.ts';
import { condition } from '../aws/expressions.ts';
import { putItem, queryItems, type Table, ttlAfter } from '../aws/table.ts';
import { hashCaller } from '../deployment/bucket.ts';
import { jobPartitions } from '../deployment/tables.ts';

/** A request that names more uploads is refused: far more than any operation takes. */
export const maxUploads = 16;

// Adobe's ids; what is none is Adobe's to refuse.
const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const buildPartition = (uploadId: string): string => jobPartitions.upload(uploadId.toLowerCase());

/** Remembers who made an upload, for as long as Adobe keeps it; to be called before the caller gets to know its id. */
export const rememberUploadOwner = async (table: Table, uploadId: string, caller: string): Promise<void> => {
  const expiresAt = ttlAfter(table, uploadLifetimeMs / 1000);
  await putItem(table, { pk: buildPartition(uploadId), sk: `caller#${hashCaller(caller)}`, expiresAt });
};

/**
 * Whether other callers made an upload by the gateway, and this one did not. An upload that the gateway does not know passes: it
 * may have been made elsewhere with the same organization at Adobe.
 */
export const isForeignUpload = async (table: Table, uploadId: string, caller: string): Promise<boolean> => {
  const own = `caller#${hashCaller(caller)}`;
  let isKnown = false;
  for await (const { sk } of queryItems(table, {
    where: condition`#pk = ${buildPartition(uploadId)}`,
    consistent: true,
  })) {
    if (sk === own) return false;
    isKnown = true;
  }
  return isKnown;
};

/** The ids of uploads in a request body, and where they stand. */
export const findUploadIds = (body: unknown): FoundText[] =>
  findTexts(body, ['uploadId']).filter(({ text }) => idPattern.test(text.toLowerCase()));

/** Those of some ids that are other callers', each looked up once. */
export const findForeignUploads = async (
  table: Table,
  caller: string,
  found: readonly FoundText[],
): Promise<ReadonlySet<string>> => {
  const ids = [...new Set(found.map(({ text }) => text))];
  const foreign = await pMap(ids, (id) => isForeignUpload(table, id, caller), { concurrency: 16 });
  return new Set(ids.filter((_, index) => foreign[index]));
};

/** What is said of an upload of another caller: no more than of one that does not exist. */
export const unknownUpload = 'there is no such upload';
