import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion as ObjectVersionEntry,
  type S3Client,
} from '@aws-sdk/client-s3';
import { GatewayError } from '../errors.ts';

/** S3 did not erase every version. */
export class ObjectsNotErasedError extends GatewayError {
  constructor(message: string) {
    super('objects_not_erased', message);
  }
}

/** A version of an object, or the marker that it was deleted. */
export interface ObjectVersion {
  key: string;
  versionId: string;
  /** S3's tag of the content, in quotes; absent for a marker. */
  etag?: string;
  /** When it was made, in epoch ms; S3 gives whole seconds. */
  changedAt: number;
}

/** Where a list of versions goes on. */
export interface VersionsPosition {
  key?: string;
  versionId?: string;
}

/** The versions and markers under a prefix, newest first of each key, in pages of up to 1,000, and where the next page begins. */
export async function* listVersions(
  s3: S3Client,
  bucket: string,
  prefix: string,
  after: VersionsPosition = {},
): AsyncGenerator<{ versions: ObjectVersion[]; next?: VersionsPosition }> {
  let next: VersionsPosition | undefined = after;
  while (next !== undefined) {
    const page: ListObjectVersionsCommandOutput = await s3.send(
      new ListObjectVersionsCommand({
        Bucket: bucket,
        Prefix: prefix,
        KeyMarker: next.key,
        VersionIdMarker: next.versionId,
      }),
    );
    next = page.IsTruncated === true ? { key: page.NextKeyMarker, versionId: page.NextVersionIdMarker } : undefined;
    const markers: ObjectVersionEntry[] = page.DeleteMarkers ?? [];
    const versions = [...(page.Versions ?? []), ...markers].map(({ Key, VersionId, ETag, LastModified }) => ({
      key: Key ?? '',
      versionId: VersionId ?? '',
      etag: ETag,
      changedAt: LastModified?.getTime() ?? 0,
    }));
    yield { versions, next };
  }
}

/**
 * Erases versions and delete markers under a prefix: in a versioned bucket a mere delete would keep the bytes.
 *
 * @param isMeant which of them; all by default
 * @returns how many were there
 * @throws {ObjectsNotErasedError} with S3's error code; another call goes on with what is left
 */
export const eraseObjects = async (
  s3: S3Client,
  bucket: string,
  prefix: string,
  isMeant: (version: ObjectVersion) => boolean = () => true,
): Promise<number> => {
  let erased = 0;
  for await (const { versions } of listVersions(s3, bucket, prefix)) {
    const meant = versions.filter(isMeant);
    await eraseVersions(s3, bucket, meant);
    erased += meant.length;
  }
  return erased;
};

const eraseVersions = async (s3: S3Client, bucket: string, versions: readonly ObjectVersion[]): Promise<void> => {
  if (versions.length === 0) return;
  const Objects = versions.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
  const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Quiet: true, Objects } }));
  if (Errors.length === 0) return;
  throw new ObjectsNotErasedError(`S3 did not erase ${Errors.length} versions: ${Errors[0]?.Code ?? 'unknown'}`);
};
