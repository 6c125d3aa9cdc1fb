import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { DataFolderError } from '../../data/database.ts';

/** A part of a body: these bytes of a file, the end excluded. */
export interface Segment {
  /** Name within the folder of bodies. */
  file: string;
  start: number;
  end: number;
}

/** A body that was written to a file as it came in. */
export interface ReceivedBody {
  segment: Segment;
  /** Hexadecimal. */
  md5: string;
  crc32: number;
}

/** Files that hold one body each; none is ever changed. */
export interface BodyFiles {
  /** Writes a body that is in memory; it is on the disk when it returns. */
  write(body: Uint8Array): Segment;
  /** Writes a body as it comes in; it is on the disk when it resolves. */
  receive(body: Readable): Promise<ReceivedBody>;
  /** Writes what lies in files once more, as one body. */
  join(segments: readonly Segment[]): { segment: Segment; md5: string };
  /** Gives the same bytes a second name, so that either can be removed. */
  copy(segments: readonly Segment[]): Segment[];
  read(segments: readonly Segment[]): AsyncGenerator<Buffer>;
  remove(segments: readonly Segment[]): void;
  /** @throws {DataFolderError} if a file is gone or shorter than it was */
  check(segments: readonly Segment[]): void;
  /** Removes files that nothing refers to, which a crash between two writes leaves; returns how many are referred to and gone. */
  removeOthers(kept: ReadonlySet<string>): number;
}

const readBytes = 256 * 1024;

/** @param directory is created if it is not there */
export const createBodyFiles = (directory: string): BodyFiles => {
  // A folder with a million files is slow on many file systems.
  for (let index = 0; index < 256; index += 1) {
    mkdirSync(join(directory, index.toString(16).padStart(2, '0')), { recursive: true, mode: 0o700 });
  }
  const newName = () => {
    const id = randomUUID();
    return `${id.slice(0, 2)}/${id}`;
  };
  const pathOf = (file: string) => join(directory, file);
  // Without this the file may be there after a power failure, and its name not.
  const syncName = (file: string) => {
    const folder = openSync(join(directory, file.slice(0, 2)), 'r');
    fsyncSync(folder);
    closeSync(folder);
  };
  const remove = (segments: readonly Segment[]) => {
    for (const { file } of segments) rmSync(pathOf(file), { force: true });
  };
  const writeAll = (chunks: Iterable<Uint8Array>): Segment => {
    const file = newName();
    const descriptor = openSync(pathOf(file), 'wx', 0o600);
    let end = 0;
    try {
      for (const chunk of chunks) {
        for (let at = 0; at < chunk.byteLength; ) at += writeSync(descriptor, chunk, at);
        end += chunk.byteLength;
      }
      fsyncSync(descriptor);
    } catch (error) {
      rmSync(pathOf(file), { force: true });
      throw error;
    } finally {
      closeSync(descriptor);
    }
    syncName(file);
    return { file, start: 0, end };
  };
  const readAll = function* (
    segments: readonly Segment[],
    onChunk: (chunk: Uint8Array) => void,
  ): Generator<Uint8Array> {
    for (const { file, start, end } of segments) {
      const descriptor = openSync(pathOf(file), 'r');
      try {
        for (let at = start; at < end; ) {
          const chunk = Buffer.alloc(Math.min(readBytes, end - at));
          const bytes = readSync(descriptor, chunk, 0, chunk.byteLength, at);
          if (bytes === 0) throw new Error(`${pathOf(file)} is shorter than what was stored.`);
          at += bytes;
          onChunk(chunk.subarray(0, bytes));
          yield chunk.subarray(0, bytes);
        }
      } finally {
        closeSync(descriptor);
      }
    }
  };
  return {
    write: (body) => writeAll([body]),
    join: (segments) => {
      const md5 = createHash('md5');
      const segment = writeAll(readAll(segments, (chunk) => md5.update(chunk)));
      return { segment, md5: md5.digest('hex') };
    },
    receive: async (body) => {
      const file = newName();
      const md5 = createHash('md5');
      let checksum = 0;
      let bytes = 0;
      const handle = await open(pathOf(file), 'wx', 0o600);
      try {
        for await (const chunk of body as AsyncIterable<Buffer>) {
          md5.update(chunk);
          checksum = crc32(chunk, checksum);
          bytes += chunk.byteLength;
          await handle.writeFile(chunk);
        }
        await handle.sync();
      } catch (error) {
        rmSync(pathOf(file), { force: true });
        throw error;
      } finally {
        await handle.close();
      }
      syncName(file);
      return { segment: { file, start: 0, end: bytes }, md5: md5.digest('hex'), crc32: checksum };
    },
    copy: (segments) =>
      segments.map(({ file, start, end }) => {
        const copy = newName();
        linkSync(pathOf(file), pathOf(copy));
        syncName(copy);
        return { file: copy, start, end };
      }),
    read: async function* (segments) {
      for (const { file, start, end } of segments) {
        const handle = await open(pathOf(file), 'r');
        try {
          for (let at = start; at < end; ) {
            const chunk = Buffer.alloc(Math.min(readBytes, end - at));
            const { bytesRead } = await handle.read(chunk, { position: at });
            if (bytesRead === 0) throw new Error(`${pathOf(file)} is shorter than what was stored.`);
            at += bytesRead;
            yield chunk.subarray(0, bytesRead);
          }
        } finally {
          await handle.close();
        }
      }
    },
    remove,
    check: (segments) => {
      for (const { file, end } of segments) {
        const bytes = statSync(pathOf(file), { throwIfNoEntry: false })?.size;
        if (bytes === undefined || bytes < end) throw describeDamagedBody(pathOf(file), bytes);
      }
    },
    removeOthers: (kept) => {
      let found = 0;
      for (const folder of readdirSync(directory)) {
        for (const name of readdirSync(join(directory, folder))) {
          if (kept.has(`${folder}/${name}`)) found += 1;
          else rmSync(pathOf(`${folder}/${name}`), { force: true });
        }
      }
      return kept.size - found;
    },
  };
};

const describeDamagedBody = (path: string, bytes: number | undefined): DataFolderError =>
  new DataFolderError(
    `${path} is damaged (${bytes === undefined ? 'it is gone' : `it ends after ${bytes} bytes`}). It is the body of one object, and no other is ` +
      'concerned: restore this file from a backup, or delete the job.',
  );
