import { DeleteObjectsCommand, type ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { createObjectStore } from '#shared/aws/object-store.ts';

/** A versioned bucket that lists two entries a page and may refuse to delete. */
const createBucket = (entries: string[], refusals: { Key: string; Code: string }[] = []) => {
  const kept = [...entries];
  const send = async (command: ListObjectVersionsCommand | DeleteObjectsCommand) => {
    if (command instanceof DeleteObjectsCommand) {
      if (refusals.length > 0) return { Errors: refusals.splice(0) };
      for (const { Key, VersionId } of command.input.Delete?.Objects ?? []) {
        kept.splice(kept.indexOf(`${Key}@${VersionId}`), 1);
      }
      return {};
    }
    const { Prefix = '', KeyMarker } = command.input;
    const found = entries.filter((entry) => entry.startsWith(Prefix));
    const start = KeyMarker === undefined ? 0 : found.indexOf(KeyMarker) + 1;
    const page = found.slice(start, start + 2).map((entry) => {
      const [Key, VersionId] = entry.split('@');
      return { Key, VersionId };
    });
    return {
      Versions: page.filter(({ VersionId }) => VersionId !== 'marker'),
      DeleteMarkers: page.filter(({ VersionId }) => VersionId === 'marker'),
      IsTruncated: start + 2 < found.length,
      NextKeyMarker: found[start + 1],
    };
  };
  const s3 = { send } as unknown as S3Client;
  return { kept, erase: createObjectStore(s3, { bucket: 'bucket', urlLifetimeSeconds: 60 }).erase };
};

describe('erase', () => {
  it('erases every version and delete marker under the prefix, page by page, and nothing else', async () => {
    const { kept, erase } = createBucket([
      'job/0.jpg@1',
      'job/0.jpg@2',
      'job/0.jpg@marker',
      'job/1.jpg@1',
      'other/0.jpg@1',
    ]);
    await erase('job/');
    expect(kept).toEqual(['other/0.jpg@1']);
  });

  it('has nothing to do under an empty prefix', async () => {
    const { kept, erase } = createBucket(['other/0.jpg@1']);
    await erase('job/');
    expect(kept).toHaveLength(1);
  });

  it('fails if S3 refuses a single version, and can be repeated', async () => {
    const { kept, erase } = createBucket(['job/0.jpg@1'], [{ Key: 'job/0.jpg', Code: 'InternalError' }]);
    await expect(erase('job/')).rejects.toThrow('InternalError');
    await erase('job/');
    expect(kept).toEqual([]);
  });
});
