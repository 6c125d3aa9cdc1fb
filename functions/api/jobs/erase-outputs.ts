import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';

/** Erases everything under a prefix of the bucket for good. */
export type EraseOutputs = (prefix: string) => Promise<void>;

/** S3 did not erase every version; asking again goes on with what is left. */
export class OutputsNotErasedError extends Error {
  override readonly name = 'OutputsNotErasedError';
}

/**
 * Erases all versions and delete markers: in a versioned bucket a mere delete would keep the bytes.
 *
 * @throws {OutputsNotErasedError} with S3's error code
 */
export const createEraseOutputs =
  (s3: S3Client, bucket: string): EraseOutputs =>
  async (prefix) => {
    let page: ListObjectVersionsCommandOutput;
    let next: Pick<ListObjectVersionsCommandOutput, 'NextKeyMarker' | 'NextVersionIdMarker'> = {};
    do {
      page = await s3.send(
        new ListObjectVersionsCommand({
          Bucket: bucket,
          Prefix: prefix,
          KeyMarker: next.NextKeyMarker,
          VersionIdMarker: next.NextVersionIdMarker,
        }),
      );
      const versions = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
      if (versions.length > 0) {
        const { Errors = [] } = await s3.send(
          new DeleteObjectsCommand({
            Bucket: bucket,
            Delete: { Quiet: true, Objects: versions.map(({ Key, VersionId }) => ({ Key, VersionId })) },
          }),
        );
        if (Errors.length > 0) {
          throw new OutputsNotErasedError(
            `S3 did not erase ${Errors.length} versions: ${Errors[0]?.Code ?? 'unknown'}`,
          );
        }
      }
      next = page;
    } while (page.IsTruncated === true);
  };
