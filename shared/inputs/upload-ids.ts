import { createHash } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { uploadLifetimeMs } from '../adobe/services/firefly/storage-image.ts';
import type { Table } from '../aws/table.ts';
import { jobPartitions } from '../deployment/tables.ts';
import { conditionalUpdate } from '../jobs/conditional-update.ts';
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

const keyOf = ({ bucket, key, etag }: Identity) => ({
  pk: jobPartitions.input(
    createHash('sha256')
      .update(JSON.stringify([bucket, key, etag]))
      .digest('hex'),
  ),
  sk: 'input',
});

/** The id of an upload of this very object that can still be used. */
export const findUploadId = async (table: Table, input: Identity): Promise<string | undefined> => {
  const { Item } = await table.dynamoDb.send(
    new GetCommand({ TableName: table.tableName, Key: keyOf(input), ConsistentRead: true }),
  );
  const usable = typeof Item?.['usableUntil'] === 'number' && Item['usableUntil'] > table.clock.now();
  return usable ? String(Item['uploadId']) : undefined;
};

/**
 * Claims the upload of an object, so that it is not uploaded by several jobs at once.
 *
 * @returns false if another job is uploading it, or has done so just now
 */
export const claimUpload = async (table: Table, input: Identity): Promise<boolean> => {
  const now = table.clock.now();
  const claimed = await conditionalUpdate(table, keyOf(input), {
    expression: 'SET leaseUntil = :lease, expiresAt = :expiry',
    condition:
      '(attribute_not_exists(leaseUntil) OR leaseUntil <= :now) AND (attribute_not_exists(usableUntil) OR usableUntil <= :now)',
    values: { ':now': now, ':lease': now + uploadLeaseMs, ':expiry': Math.ceil((now + uploadLifetimeMs) / 1000) },
  });
  return claimed !== undefined;
};

/** Lets another job try at once, after an upload that did not succeed. */
export const releaseUpload = async (table: Table, input: Identity): Promise<void> => {
  await conditionalUpdate(table, keyOf(input), {
    expression: 'REMOVE leaseUntil',
    condition: 'attribute_exists(pk)',
  });
};

/** Remembers the id of an upload for as long as it can be used. */
export const rememberUpload = async (table: Table, input: Identity, uploadId: string): Promise<void> => {
  const now = table.clock.now();
  await conditionalUpdate(table, keyOf(input), {
    expression: 'SET uploadId = :id, usableUntil = :until, expiresAt = :expiry REMOVE leaseUntil',
    // An upsert: whoever uploaded last has the id that lives longest.
    condition: 'attribute_exists(pk) OR attribute_not_exists(pk)',
    values: {
      ':id': uploadId,
      ':until': now + uploadLifetimeMs - marginMs,
      ':expiry': Math.ceil((now + uploadLifetimeMs) / 1000),
    },
  });
};

/** Forgets an upload that Adobe does not have any more, unless it has been made anew meanwhile. */
export const forgetUpload = async (table: Table, { uploadId, ...input }: UploadIdentity): Promise<void> => {
  await conditionalUpdate(table, keyOf(input), {
    expression: 'REMOVE uploadId, usableUntil',
    condition: 'uploadId = :id',
    values: { ':id': uploadId },
  });
};
