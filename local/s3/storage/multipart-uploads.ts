import { createHash, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { unfinishedUploadDays } from '#shared/deployment/object-retention.ts';
import { ServiceError } from '../../service-error.ts';
import type { BodyFiles, ReceivedBody, Segment } from './body-files.ts';
import type { S3Object, S3Store } from './fauxqs-store.ts';
import { readSegments } from './file-body.ts';
import type { ObjectIndex } from './object-index.ts';

export interface UploadsOptions {
  index: ObjectIndex;
  files: BodyFiles;
  /** Takes over a body that is in a file already. */
  take(body: Buffer): ReceivedBody | undefined;
  /** Puts the object of an upload into the index; returns the files of the one that it replaces. */
  store(bucket: string, object: S3Object, segments: readonly Segment[]): Segment[];
  /** Called once an object is stored. */
  onStored(): void;
}

// Source: "Multipart upload limits" of S3.
const minPartBytes = 5 * 1024 * 1024;

const uploadSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  contentType: z.string(),
  metadata: z.record(z.string(), z.string()),
  contentLanguage: z.string().optional(),
  contentDisposition: z.string().optional(),
  cacheControl: z.string().optional(),
  contentEncoding: z.string().optional(),
  checksumAlgorithm: z.enum(['CRC32', 'SHA1', 'SHA256']).optional(),
});

const startedSchema = z.object({
  /** Epoch ms. Uploads of an older gateway have none, and are given up. */
  initiatedAt: z.number().default(0),
});

const dayMs = 86_400_000;

/** Gives up uploads that were never completed when the rule of the bucket would, at a time in epoch ms. */
export const expireUploads = ({ index, files }: Pick<UploadsOptions, 'index' | 'files'>, now: number): void => {
  for (const [id, { initiatedAt }] of index.uploads(startedSchema)) {
    if (now - initiatedAt >= unfinishedUploadDays * dayMs) forgetUpload({ index, files }, id);
  }
};

const forgetUpload = ({ index, files }: Pick<UploadsOptions, 'index' | 'files'>, id: string): void => {
  const segments = [...index.parts(id).values()].map(({ segment }) => segment);
  index.deleteUpload(id);
  files.remove(segments);
};

const noSuchUpload = () =>
  new ServiceError(
    'NoSuchUpload',
    'The specified multipart upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
  );

const invalidPart = () =>
  new ServiceError(
    'InvalidPart',
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  );

/** Has a store of fauxqs keep the parts of uploads in files, where its own keeps them in memory and joins them there. */
export const keepUploads = (Base: new () => S3Store, options: UploadsOptions): (new () => S3Store) => {
  const { index, files } = options;
  const findUpload = (id: string) => {
    const upload = index.upload(id, uploadSchema);
    if (upload === undefined) throw noSuchUpload();
    return upload;
  };
  const writePart = (body: Buffer): { segment: Segment; md5: string } => {
    const arrived = options.take(body);
    if (arrived) return arrived;
    const copied = readSegments(body);
    if (copied !== undefined) return files.join(copied);
    return { segment: files.write(body), md5: createHash('md5').update(body).digest('hex') };
  };

  return class extends Base {
    override createMultipartUpload(...given: Parameters<S3Store['createMultipartUpload']>): string {
      const [bucket, key, contentType = 'application/octet-stream', metadata = {}, system, checksumAlgorithm] = given;
      if (!this.hasBucket(bucket)) {
        throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404);
      }
      const id = randomUUID();
      index.putUpload(id, {
        ...system,
        bucket,
        key,
        contentType,
        metadata,
        checksumAlgorithm,
        initiatedAt: Date.now(),
      });
      return id;
    }

    override uploadPart(...[id, number, body, checksum]: Parameters<S3Store['uploadPart']>) {
      findUpload(id);
      const { segment, md5 } = writePart(body);
      files.remove(index.putPart(id, number, { segment, md5, checksum }));
      return { etag: `"${md5}"`, checksumValue: checksum };
    }

    override completeMultipartUpload(...[id, given]: Parameters<S3Store['completeMultipartUpload']>): S3Object {
      const { bucket, key, checksumAlgorithm, ...upload } = findUpload(id);
      const stored = index.parts(id);
      const parts = given.map(({ partNumber, etag }, position) => {
        if (position > 0 && partNumber <= (given[position - 1]?.partNumber ?? 0)) {
          throw new ServiceError('InvalidPartOrder', 'The list of parts was not in ascending order.');
        }
        const part = stored.get(partNumber);
        if (!part || part.md5 !== etag.replaceAll('"', '')) throw invalidPart();
        const length = part.segment.end;
        if (position < given.length - 1 && length < minPartBytes) {
          throw new ServiceError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
        }
        return { ...part, partNumber, length };
      });
      let offset = 0;
      const places = parts.map(({ partNumber, length }) => {
        const place = { partNumber, offset, length };
        offset += length;
        return place;
      });
      const object: S3Object = {
        ...upload,
        key,
        body: Buffer.alloc(0),
        contentLength: offset,
        etag: combineEtags(parts.map(({ md5 }) => md5)),
        lastModified: new Date(),
        parts: places,
        ...combineChecksums(
          checksumAlgorithm,
          parts.flatMap(({ checksum }) => checksum ?? []),
        ),
      };
      const segments = parts.map(({ segment }) => segment);
      const used = new Set(segments.map(({ file }) => file));
      const unused = [...stored.values()].map(({ segment }) => segment).filter(({ file }) => !used.has(file));
      const replaced = index.completeUpload(id, () => options.store(bucket, object, segments));
      this.restoreObject(bucket, object);
      files.remove([...replaced, ...unused]);
      options.onStored();
      return object;
    }

    override abortMultipartUpload(id: string): void {
      findUpload(id);
      forgetUpload(options, id);
    }
  };
};

/** The ETag that S3 gives an object of several parts. */
const combineEtags = (md5s: readonly string[]): string => {
  const digests = Buffer.concat(md5s.map((md5) => Buffer.from(md5, 'hex')));
  return `"${createHash('md5').update(digests).digest('hex')}-${md5s.length}"`;
};

/** The checksum of checksums that S3 gives an object of several parts. */
const combineChecksums = (algorithm: S3Object['checksumAlgorithm'], partChecksums: string[]): Partial<S3Object> => {
  if (algorithm === undefined || partChecksums.length === 0) return {};
  const all = Buffer.concat(partChecksums.map((checksum) => Buffer.from(checksum, 'base64')));
  const value = algorithm === 'CRC32' ? readCrc32(all) : createHash(algorithm).update(all).digest('base64');
  const checksumValue = `${value}-${partChecksums.length}`;
  return { checksumAlgorithm: algorithm, checksumValue, checksumType: 'COMPOSITE', partChecksums };
};

const readCrc32 = (bytes: Uint8Array): string => {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  return checksum.toString('base64');
};
