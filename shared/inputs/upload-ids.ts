import { createHash } from 'node:crypto';
import { uploadLifetimeMs } from '../adobe/services/firefly/storage-image.ts';
import { allOf, condition, exists } from '../aws/expressions.ts';
import { getItem, type Table, updateItem } from '../aws/table.ts';
import { jobPartitions } from '../deployment/tables.ts';
import type { InspectedInput } from './inspect.ts';

// A job may wait at Adobe as well: an id that is about to die is not used any more.
const marginMs = 12 * 60 * 60_000;

/** How long one function may be busy with an upload before another takes it over, in ms. */
const uploadLeaseMs = 60_000;

type Identity = Pick<InspectedInput, 'bucket' | 'key' | 'etag'>;

/** The upload of one content of an object. */
export interface UploadIdentity extends Identity {
  uploadId: string;
}

const buildKey = ({ bucket, key, etag }: Identity) => ({
  pk: jobPartitions.input(
    createHash('sha256')
      .update(JSON.stringify([bucket, key, etag]))
      .digest('hex'),
  ),
  sk: 'input',
});

/** The id of an upload of this very object that can still be used. */
export const findUploadId = async (table: Table, input: Identity): Promise<string | undefined> => {
  const item = await getItem(table, buildKey(input));
  const usable = typeof item?.['usableUntil'] === 'number' && item['usableUntil'] > table.clock.now();
  return usable ? String(item['uploadId']) : undefined;
};

/**
 * Claims the upload of an object, so that it is not uploaded by several jobs at once.
 *
 * @returns false if another job is uploading it, or has done so just now
 */
export const claimUpload = async (table: Table, input: Identity): Promise<boolean> => {
  const now = table.clock.now();
  const claimed = await updateItem(table, buildKey(input), {
    set: { leaseUntil: now + uploadLeaseMs, expiresAt: Math.ceil((now + uploadLifetimeMs) / 1000) },
    when: allOf(
      condition`attribute_not_exists(#leaseUntil) OR #leaseUntil <= ${now}`,
      condition`attribute_not_exists(#usableUntil) OR #usableUntil <= ${now}`,
    ),
  });
  return claimed !== undefined;
};

/** Lets another job try at once, after an upload that did not succeed. */
export const releaseUpload = async (table: Table, input: Identity): Promise<void> => {
  await updateItem(table, buildKey(input), { remove: ['leaseUntil'], when: exists });
};

/** Remembers the id of an upload for as long as it can be used; of two uploads the later one's id lives longer. */
export const rememberUpload = async (table: Table, input: Identity, uploadId: string): Promise<void> => {
  const now = table.clock.now();
  await updateItem(table, buildKey(input), {
    set: {
      uploadId,
      usableUntil: now + uploadLifetimeMs - marginMs,
      expiresAt: Math.ceil((now + uploadLifetimeMs) / 1000),
      leaseUntil: undefined,
    },
  });
};

/** Forgets an upload that Adobe does not have any more, unless it has been made anew meanwhile. */
export const forgetUpload = async (table: Table, { uploadId, ...input }: UploadIdentity): Promise<void> => {
  const when = condition`#uploadId = ${uploadId}`;
  await updateItem(table, buildKey(input), { remove: ['uploadId', 'usableUntil'], when });
};
