import { DeleteObjectsCommand, type ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
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

describe('a URL that a browser can remember', () => {
  const createPresign = (clock: { now: () => number }) => {
    const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
    const s3 = new S3Client({ region: 'us-east-1', credentials });
    return createObjectStore(s3, { bucket: 'bucket', urlLifetimeSeconds: 60, clock }).presignCacheable;
  };

  it('is the same all through the hour, whoever is asked first, and good for another one', async () => {
    let now = Date.parse('2026-03-01T12:00:00.000Z');
    const presign = createPresign({ now: () => now });
    const object = { bucket: 'bucket', key: 'thumbnails/a.webp' };
    const first = await presign(object);
    now += 3_599_999;
    expect(await presign(object)).toBe(first);
    expect(await createPresign({ now: () => now })(object)).toBe(first);
    const { searchParams } = new URL(first);
    expect([searchParams.get('X-Amz-Date'), searchParams.get('X-Amz-Expires')]).toEqual(['20260301T120000Z', '7200']);
    now += 1;
    expect(await presign(object)).not.toBe(first);
    expect(await presign({ ...object, key: 'thumbnails/b.webp' })).toContain('/thumbnails/b.webp?');
  });

  it('is tried again where signing has failed', async () => {
    let isSignedIn = false;
    const s3 = new S3Client({
      region: 'us-east-1',
      credentials: async () => {
        if (!isSignedIn) throw new Error('no credentials');
        return { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
      },
    });
    const { presignCacheable } = createObjectStore(s3, { bucket: 'bucket', urlLifetimeSeconds: 60 });
    const object = { bucket: 'bucket', key: 'a' };
    await expect(presignCacheable(object)).rejects.toThrow('no credentials');
    isSignedIn = true;
    expect(await presignCacheable(object)).toContain('X-Amz-Signature');
  });
});
