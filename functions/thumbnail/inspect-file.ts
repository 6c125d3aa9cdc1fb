import type { Readable } from 'node:stream';
import type { Inspection } from '#shared/jobs/inspection.ts';
import type { Codecs } from './codecs.ts';
import { mayHaveCredentials, readContentCredentials } from './content-credentials.ts';
import { type ImageHeader, readImageHeader, UnreadableImageError } from './image-header.ts';
import { makeThumbnails, type Thumbnails } from './make-thumbnails.ts';

/** What is held in memory whole, in bytes. */
const maxFileBytes = 64 * 1024 * 1024;

/** What is decoded: 40 megapixels take up to 800 MB in all. */
const maxPixels = 40_000_000;

/** As many as the first bytes of a kind that is known. */
const headBytes = 16;

/** What was found out about a file: everything of an inspection but its attempts. */
export type Findings = Required<Pick<Inspection, 'thumbnail'>> &
  Pick<Inspection, 'width' | 'height' | 'provenance'> & { thumbnails?: Thumbnails['files'] };

/**
 * Looks at a file within bounds of bytes and pixels, whatever it claims to be: a hostile or huge one has no thumbnail, and that is all.
 *
 * @param bytes its length
 * @throws {Error} if it cannot be read to its end
 */
export const inspectFile = async (codecs: Codecs, body: Readable, bytes: number): Promise<Findings> => {
  if (bytes > maxFileBytes) {
    body.destroy();
    return { thumbnail: 'too_large' };
  }
  const file = await readKnown(body, bytes);
  return file === undefined ? { thumbnail: 'unsupported' } : inspectKnown(codecs, file);
};

/** The whole file; undefined if its first bytes are those of no kind that is looked into, and then it is read no further. */
const readKnown = async (body: Readable, bytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> => {
  const file = new Uint8Array(bytes);
  let read = 0;
  let isKnown = false;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    file.set(chunk, read);
    read += chunk.length;
    if (!isKnown && read >= Math.min(headBytes, bytes)) {
      if (!isLookedInto(file.subarray(0, read))) return undefined;
      isKnown = true;
    }
  }
  return isKnown ? file : undefined;
};

const isLookedInto = (beginning: Uint8Array): boolean => {
  try {
    return mayHaveCredentials(beginning) || readImageHeader(beginning) !== undefined;
  } catch (error) {
    // It begins as one, and goes on.
    if (error instanceof UnreadableImageError) return true;
    throw error;
  }
};

const inspectKnown = async (codecs: Codecs, file: Uint8Array<ArrayBuffer>): Promise<Findings> => {
  try {
    // First, as it bounds the parts of an image for both.
    const header = readImageHeader(file);
    const provenance = await readContentCredentials(file);
    const thumbnails =
      header === undefined ? { thumbnail: 'unsupported' as const } : await tryThumbnails(codecs, file, header);
    return { ...thumbnails, provenance };
  } catch (error) {
    if (!(error instanceof UnreadableImageError)) throw error;
    return { thumbnail: 'unreadable' };
  }
};

const tryThumbnails = async (codecs: Codecs, file: Uint8Array<ArrayBuffer>, header: ImageHeader): Promise<Findings> => {
  const { width, height } = header;
  if (width * height > maxPixels) return { thumbnail: 'too_large', width, height };
  try {
    const { files, ...shown } = await makeThumbnails(codecs, file, header);
    return { thumbnail: 'made', ...shown, thumbnails: files };
  } catch (error) {
    if (!(error instanceof UnreadableImageError)) throw error;
    return { thumbnail: 'unreadable', width, height };
  }
};
