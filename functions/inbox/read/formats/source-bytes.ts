import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { RefusedFileError } from './refused-file.ts';

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The content of a file: unpacked, without a byte order mark.
 *
 * @param maxBytes the content may not have more
 * @throws {RefusedFileError} if it has more, or is no gzip though it should be
 */
export async function* sourceBytes(
  file: Readable,
  { isCompressed, maxBytes }: { isCompressed: boolean; maxBytes: number },
): AsyncGenerator<Buffer> {
  const content = isCompressed ? unpack(file) : file;
  let bytes = 0;
  // The mark may come in pieces.
  let head: Buffer | undefined = Buffer.alloc(0);
  try {
    for await (const chunk of content) {
      bytes += (chunk as Buffer).length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      if (head === undefined) {
        yield chunk as Buffer;
        continue;
      }
      head = Buffer.concat([head, chunk as Buffer]);
      if (head.length < byteOrderMark.length) continue;
      yield withoutMark(head);
      head = undefined;
    }
  } catch (error) {
    throw isCompressed && isZlibError(error)
      ? new RefusedFileError('unreadable_file', 'The file is named .gz but is no complete gzip file.')
      : error;
  } finally {
    file.destroy();
  }
  if (head !== undefined && head.length > 0) yield withoutMark(head);
}

/** The refusal of a file that is too large. */
export const tooLarge = (maxBytes: number): RefusedFileError =>
  new RefusedFileError('file_too_large', `The file has more than ${maxBytes} bytes, unpacked.`);

// Whoever reads what is unpacked is told of every error, and of a file that breaks off.
const unpack = (file: Readable): Readable => pipeline(file, createGunzip(), () => {});

const withoutMark = (head: Buffer): Buffer =>
  head.subarray(0, byteOrderMark.length).equals(byteOrderMark) ? head.subarray(byteOrderMark.length) : head;

const isZlibError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
