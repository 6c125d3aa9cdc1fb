import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as z from 'zod';
import { ServiceError } from '../../service-error.ts';
import { type ObjectCreated, objectCreated } from '../object-created.ts';
import { createBodyFiles, type ReceivedBody, type Segment } from './body-files.ts';
import { loadStoreClasses, type Persistence, type S3Object, type Stores } from './fauxqs-store.ts';
import { createFileBody, readSegments } from './file-body.ts';
import { expireUploads, keepUploads } from './multipart-uploads.ts';
import { openObjectIndex, type StoredBody } from './object-index.ts';

/** Objects on the disk, as the S3 app uses them. */
export interface ObjectStorage {
  /** For fauxqs. */
  stores: Stores;
  /** Takes a large body in without keeping it in memory; what it returns is stored as any other body is. */
  receive(body: Readable): Promise<Buffer>;
  /** What is known of a received body. */
  received(body: unknown): ReceivedBody | undefined;
  /** Removes a received body that no request has stored. */
  discard(body: unknown): void;
  /** What is sent for a body; undefined for one in memory. */
  send(body: unknown): Readable | undefined;
  /** Calls `onObjectCreated` for the events that a crash left undelivered, and for each object from now on. */
  announce(): void;
  /** An event is not repeated any more. */
  delivered(eventId: number): void;
  close(): void;
}

export interface ObjectStorageOptions {
  directory: string;
  isAnnounced: (key: string) => boolean;
  onObjectCreated: (event: ObjectCreated, eventId: number) => void;
}

// Source: "Internal Versus External BLOBs" of SQLite, where smaller ones are read faster from the database.
const maxInlineBytes = 100_000;

const hourMs = 3_600_000;

/** The record of an object, without its body. */
const recordSchema = z.object({
  contentType: z.string(),
  contentLength: z.int(),
  etag: z.string(),
  lastModified: z.coerce.date(),
  metadata: z.record(z.string(), z.string()),
  contentLanguage: z.string().optional(),
  contentDisposition: z.string().optional(),
  cacheControl: z.string().optional(),
  contentEncoding: z.string().optional(),
  parts: z.array(z.object({ partNumber: z.int(), offset: z.int(), length: z.int() })).optional(),
  checksumAlgorithm: z.enum(['CRC32', 'SHA1', 'SHA256']).optional(),
  checksumValue: z.string().optional(),
  checksumType: z.enum(['FULL_OBJECT', 'COMPOSITE']).optional(),
  partChecksums: z.array(z.string()).optional(),
});

/**
 * Keeps the objects of fauxqs in a folder: their records in SQLite, larger bodies in files of their own. An object, and the event
 * that announces it, are on the disk before the request is answered.
 *
 * @throws {DataFolderError} if the folder cannot be used
 */
export const openObjectStorage = async (options: ObjectStorageOptions): Promise<ObjectStorage> => {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const index = openObjectIndex(options.directory);
  const files = createBodyFiles(join(options.directory, 'objects'));
  const gone = files.removeOthers(index.files());
  if (gone > 0) {
    console.error(`${options.directory} is damaged (${gone} bodies of objects are gone). Restore them from a backup.`);
  }
  const expire = () => {
    try {
      expireUploads({ index, files }, Date.now());
    } catch (error) {
      console.error(`Unfinished uploads could not be given up: ${String(error)}`);
    }
  };
  expire();
  const expiring = setInterval(expire, hourMs).unref();
  const received = new WeakMap<object, ReceivedBody>();
  // ETags of bodies that were read: what is stored of one is a copy.
  const copied = new WeakMap<object, string>();
  const sent = new Set<number>();
  let announcing = false;

  const announce = () => {
    if (!announcing) return;
    for (const [id, event] of index.events(objectCreated)) {
      if (sent.has(id)) continue;
      sent.add(id);
      options.onObjectCreated(event, id);
    }
  };

  const place = (body: Buffer, isCopy: boolean): StoredBody => {
    const segments = readSegments(body);
    if (segments !== undefined) return { segments: isCopy ? files.copy(segments) : segments };
    return body.byteLength <= maxInlineBytes ? { bytes: body } : { segments: [files.write(body)] };
  };
  const put = (bucket: string, { body, ...object }: S3Object, stored: StoredBody, reason: ObjectCreated['reason']) => {
    const { key, etag, contentLength } = object;
    const event = { bucket, key, size: contentLength, etag: etag.replaceAll('"', ''), reason };
    return index.putObject(bucket, key, object, stored, options.isAnnounced(key) ? event : undefined);
  };

  const take = (body: Buffer): ReceivedBody | undefined => {
    const arrived = received.get(body);
    received.delete(body);
    return arrived;
  };

  const persistence: Persistence = {
    upsertObject: (bucket, object) => {
      const arrived = received.get(object.body);
      const copiedEtag = copied.get(object.body);
      const isCopy = !arrived && copiedEtag !== undefined;
      // fauxqs hashes what is in memory of a body.
      if (arrived) object.etag = `"${arrived.md5}"`;
      else if (copiedEtag !== undefined) object.etag = copiedEtag;
      const stored = place(object.body, isCopy);
      files.remove(put(bucket, object, stored, isCopy ? 'CopyObject' : 'PutObject'));
      received.delete(object.body);
      announce();
    },
    deleteObject: (bucket, key) => files.remove(index.deleteObject(bucket, key)),
    readBody: (bucket, key) => {
      const stored = index.readBody(bucket, key);
      if ('segments' in stored) checkBody(stored.segments);
      const body = 'bytes' in stored ? Buffer.from(stored.bytes) : createFileBody(stored.segments);
      copied.set(body, s3Store.headObject(bucket, key).etag);
      return body;
    },
    // The one bucket is made again at each start, and nothing else of these is asked for.
    insertBucket: () => {},
    saveBucketLifecycleConfiguration: () => {},
    deleteBucketLifecycleConfiguration: () => {},
    deleteBucket: () => {},
    deleteObjectsByBucket: () => {},
    deleteAllObjects: () => {},
    renameObject: () => {},
    insertMultipartUpload: () => {},
    upsertMultipartPart: () => {},
    deleteMultipartUpload: () => {},
    completeMultipartUpload: () => {},
    deleteAllMultipartUploads: () => {},
    loadS3: () => {},
    purgeAll: () => {},
    close: () => {},
  };

  // Before the answer begins: in the middle it could only be cut off.
  const checkBody = (segments: readonly Segment[]) => {
    try {
      files.check(segments);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      throw new ServiceError('InternalError', 'The object cannot be read: its file is damaged.', 500);
    }
  };

  const { S3Store, SqsStore, SnsStore } = await loadStoreClasses();
  const s3Store = new (keepUploads(S3Store, {
    index,
    files,
    take,
    store: (bucket, object, segments) => put(bucket, object, { segments }, 'CompleteMultipartUpload'),
    onStored: announce,
  }))();
  for (const { bucket, key, record } of index.objects(recordSchema)) {
    s3Store.createBucket(bucket);
    s3Store.restoreObject(bucket, { ...record, key, body: Buffer.alloc(0) });
  }
  s3Store.persistence = persistence;

  return {
    stores: { s3Store, sqsStore: new SqsStore(), snsStore: new SnsStore() },
    receive: async (stream) => {
      const arrived = await files.receive(stream);
      const body = createFileBody([arrived.segment]);
      received.set(body, arrived);
      return body;
    },
    received: (body) => (body instanceof Uint8Array ? received.get(body) : undefined),
    discard: (body) => {
      const arrived = body instanceof Uint8Array ? received.get(body) : undefined;
      if (arrived) files.remove([arrived.segment]);
    },
    send: (body) => {
      const segments = readSegments(body);
      return segments && Readable.from(files.read(segments), { objectMode: false });
    },
    announce: () => {
      announcing = true;
      announce();
    },
    delivered: (id) => {
      index.deleteEvent(id);
      sent.delete(id);
    },
    close: () => {
      clearInterval(expiring);
      index.close();
    },
  };
};
