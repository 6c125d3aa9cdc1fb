import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { RefusedFileError } from '../../prepared-line.ts';

/** What to do with an .xlsx that is too large. */
export const useCsv = 'Save it as CSV.';

/** The answer to a file that cannot be unpacked or parsed. */
export const damagedFile = (): RefusedFileError =>
  new RefusedFileError('unreadable_file', 'The file is no .xlsx file, is damaged, or has a password.');

/** An .xlsx file: a zip of XML files, its parts. */
export interface Archive {
  /**
   * Unpacks a part.
   *
   * @param maxBytes most that it may have, unpacked
   * @returns undefined if there is none of this name
   * @throws {RefusedFileError} here or from the chunks, if it is larger or damaged
   */
  read(name: string, maxBytes: number): AsyncGenerator<Buffer> | undefined;
}

// Spreadsheet programs write some dozens, and one for each picture.
const maxParts = 20_000;

/**
 * Opens a file; nothing is unpacked before it is asked for.
 *
 * @throws {RefusedFileError} if it is no zip
 */
export const openArchive = async (file: Buffer): Promise<Archive> => {
  const entries = new Map<string, Entry>();
  let zip: ZipFile;
  try {
    zip = await fromBufferPromise(file, { lazyEntries: true, autoClose: false });
    for await (const entry of zip.eachEntry()) {
      if (entries.size === maxParts) break;
      entries.set(entry.fileName.toLowerCase(), entry);
    }
  } catch {
    // The file is in memory: all that can fail is its content, of which the message may repeat some.
    throw damagedFile();
  }
  return {
    read: (name, maxBytes) => {
      const entry = entries.get(name.toLowerCase());
      if (entry === undefined) return undefined;
      // The library ends a part that has more than it says.
      if (entry.uncompressedSize > maxBytes) {
        const message = `A part of the file has more than ${maxBytes} bytes, unpacked. ${useCsv}`;
        throw new RefusedFileError('file_too_large', message);
      }
      return unpack(zip, entry);
    },
  };
};

async function* unpack(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  try {
    yield* (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>;
  } catch {
    throw damagedFile();
  }
}
