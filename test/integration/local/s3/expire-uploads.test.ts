import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createBodyFiles } from '#local/s3/storage/body-files.ts';
import { expireUploads } from '#local/s3/storage/multipart-uploads.ts';
import { openObjectIndex } from '#local/s3/storage/object-index.ts';
import { openObjectStorage } from '#local/s3/storage/object-storage.ts';

const dayMs = 86_400_000;

it('gives up an upload that was not completed within a day, with the files of its parts', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-uploads-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const storage = await openObjectStorage({ directory, isAnnounced: () => false, onObjectCreated: () => {} });
  const { s3Store } = storage.stores;
  s3Store.createBucket('bucket');
  const id = s3Store.createMultipartUpload('bucket', 'key');
  s3Store.uploadPart(id, 1, Buffer.from('part'));
  storage.close();
  const listFiles = async () => {
    const entries = await readdir(join(directory, 'objects'), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile());
  };
  const index = openObjectIndex(directory);
  onTestFinished(() => index.close());
  const files = createBodyFiles(join(directory, 'objects'));
  expireUploads({ index, files }, Date.now() + dayMs - 60_000);
  expect(index.parts(id).size).toBe(1);
  expect(await listFiles()).toHaveLength(1);
  expireUploads({ index, files }, Date.now() + dayMs);
  expect(index.parts(id).size).toBe(0);
  expect(await listFiles()).toHaveLength(0);
});
