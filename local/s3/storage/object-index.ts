import { join } from 'node:path';
import * as z from 'zod';
import { describeDamage, inTransaction, openDatabase } from '../../data/database.ts';
import type { Segment } from './body-files.ts';

/** Where the body of an object lies: in files, or as bytes in the index if it is small. */
export type StoredBody = { segments: readonly Segment[] } | { bytes: Uint8Array };

/** A part of an upload that is not complete yet. */
export interface StoredPart {
  segment: Segment;
  /** Hexadecimal. */
  md5: string;
  checksum?: string | undefined;
}

/** What S3 knows beside the bodies in files, in one SQLite database. */
export interface ObjectIndex {
  /** Puts an object in place of another of its key, with the event to be delivered for it, if any; returns the files of the other. */
  putObject(bucket: string, key: string, record: unknown, body: StoredBody, event?: unknown): Segment[];
  /** Puts a completed upload in place, as {@link putObject} does, and forgets the upload. */
  completeUpload(id: string, put: () => Segment[]): Segment[];
  /** Returns its files. */
  deleteObject(bucket: string, key: string): Segment[];
  readBody(bucket: string, key: string): StoredBody;
  objects<Schema extends z.ZodType>(record: Schema): { bucket: string; key: string; record: z.output<Schema> }[];
  putUpload(id: string, record: unknown): void;
  /** Returns the files of the part that it replaces. */
  putPart(id: string, number: number, part: StoredPart): Segment[];
  /** By their ids. */
  uploads<Schema extends z.ZodType>(record: Schema): Map<string, z.output<Schema>>;
  upload<Schema extends z.ZodType>(id: string, record: Schema): z.output<Schema> | undefined;
  /** By their numbers. */
  parts(id: string): Map<number, StoredPart>;
  deleteUpload(id: string): void;
  /** Events that were not delivered yet, by their ids. */
  events<Schema extends z.ZodType>(event: Schema): Map<number, z.output<Schema>>;
  deleteEvent(id: number): void;
  /** Names of all files that are referred to. */
  files(): Set<string>;
  close(): void;
}

const schema = `
  CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, record TEXT NOT NULL, segments TEXT, bytes BLOB, PRIMARY KEY (bucket, key)
  );
  CREATE TABLE IF NOT EXISTS uploads (id TEXT PRIMARY KEY, record TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS parts (
    upload TEXT NOT NULL, number INTEGER NOT NULL, part TEXT NOT NULL, PRIMARY KEY (upload, number)
  );
  CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL)`;

const segmentSchema = z.object({ file: z.string(), start: z.int(), end: z.int() });
const partSchema = z.object({ segment: segmentSchema, md5: z.string(), checksum: z.string().optional() });
const bodyRow = z.object({ segments: z.string().nullable(), bytes: z.instanceof(Uint8Array).nullable() });

/** @throws {DataFolderError} see {@link openDatabase} */
export const openObjectIndex = (directory: string): ObjectIndex => {
  const path = join(directory, 'index.db');
  // The process of a gateway that was killed ends a moment later.
  const database = openDatabase(path, { schema, waitMs: 5_000 });
  const parse = <Schema extends z.ZodType>(documentSchema: Schema, text: unknown): z.output<Schema> => {
    const parsed = documentSchema.safeParse(JSON.parse(String(text)));
    if (parsed.success) return parsed.data;
    throw describeDamage(path, z.prettifyError(parsed.error));
  };
  const parseSegments = (text: string | null): Segment[] => (text === null ? [] : parse(z.array(segmentSchema), text));

  const selectBody = database.prepare('SELECT segments, bytes FROM objects WHERE bucket = ? AND key = ?');
  const upsert = database.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)');
  const removeObject = database.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?');
  const insertEvent = database.prepare('INSERT INTO events (event) VALUES (?)');
  const removeEvent = database.prepare('DELETE FROM events WHERE id = ?');
  const upsertUpload = database.prepare('INSERT OR REPLACE INTO uploads VALUES (?, ?)');
  const selectUpload = database.prepare('SELECT record FROM uploads WHERE id = ?');
  const removeUpload = database.prepare('DELETE FROM uploads WHERE id = ?');
  const upsertPart = database.prepare('INSERT OR REPLACE INTO parts VALUES (?, ?, ?)');
  const selectParts = database.prepare('SELECT number, part FROM parts WHERE upload = ? ORDER BY number');
  const removeParts = database.prepare('DELETE FROM parts WHERE upload = ?');

  const replacedFiles = (bucket: string, key: string): Segment[] => {
    const found = selectBody.get(bucket, key);
    return found === undefined ? [] : parseSegments(bodyRow.parse(found).segments);
  };
  const parts = (id: string) =>
    new Map(selectParts.all(id).map(({ number, part }) => [Number(number), parse(partSchema, part)] as const));
  const forgetUpload = (id: string) => {
    removeUpload.run(id);
    removeParts.run(id);
  };
  const atomically = <Result>(run: () => Result): Result => {
    if (database.isTransaction) return run();
    let result: { value: Result } | undefined;
    inTransaction(database, () => {
      result = { value: run() };
    });
    if (result === undefined) throw new Error('A transaction that was committed has run.');
    return result.value;
  };

  return {
    putObject: (bucket, key, record, body, event) =>
      atomically(() => {
        const replaced = replacedFiles(bucket, key);
        const segments = 'segments' in body ? JSON.stringify(body.segments) : null;
        upsert.run(bucket, key, JSON.stringify(record), segments, 'bytes' in body ? body.bytes : null);
        if (event !== undefined) insertEvent.run(JSON.stringify(event));
        return replaced;
      }),
    completeUpload: (id, put) =>
      atomically(() => {
        forgetUpload(id);
        return put();
      }),
    deleteObject: (bucket, key) =>
      atomically(() => {
        const replaced = replacedFiles(bucket, key);
        removeObject.run(bucket, key);
        return replaced;
      }),
    readBody: (bucket, key) => {
      const { segments, bytes } = bodyRow.parse(selectBody.get(bucket, key));
      return bytes === null ? { segments: parseSegments(segments) } : { bytes };
    },
    objects: (record) =>
      database
        .prepare('SELECT bucket, key, record FROM objects')
        .all()
        .map((row) => ({
          bucket: String(row['bucket']),
          key: String(row['key']),
          record: parse(record, row['record']),
        })),
    putUpload: (id, record) => atomically(() => void upsertUpload.run(id, JSON.stringify(record))),
    putPart: (id, number, part) =>
      atomically(() => {
        const replaced = parts(id).get(number)?.segment;
        upsertPart.run(id, number, JSON.stringify(part));
        return replaced === undefined ? [] : [replaced];
      }),
    uploads: (record) =>
      new Map(
        database
          .prepare('SELECT id, record FROM uploads')
          .all()
          .map((row) => [String(row['id']), parse(record, row['record'])] as const),
      ),
    upload: (id, record) => {
      const found = selectUpload.get(id);
      return found === undefined ? undefined : parse(record, found['record']);
    },
    parts,
    deleteUpload: (id) => atomically(() => forgetUpload(id)),
    events: (event) =>
      new Map(
        database
          .prepare('SELECT id, event FROM events ORDER BY id')
          .all()
          .map((row) => [Number(row['id']), parse(event, row['event'])] as const),
      ),
    deleteEvent: (id) => atomically(() => void removeEvent.run(id)),
    files: () => {
      const stored = database.prepare('SELECT segments FROM objects WHERE segments IS NOT NULL').all();
      const uploaded = database.prepare('SELECT part FROM parts').all();
      return new Set([
        ...stored.flatMap(({ segments }) => parseSegments(String(segments)).map(({ file }) => file)),
        ...uploaded.map(({ part }) => parse(partSchema, part).segment.file),
      ]);
    },
    close: () => database.close(),
  };
};
