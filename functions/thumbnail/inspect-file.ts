import type { Readable } from 'node:stream';
import type { Inspection } from '#shared/jobs/inspection.ts';
import type { Codecs } from './codecs.ts';
import { readContentCredentials } from './content-credentials.ts';
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
  const file = await readImage(body, bytes);
  return file === undefined ? { thumbnail: 'unsupported' } : inspectImage(codecs, file);
};

/** The whole file; undefined if its first bytes are those of no image, and then it is read no further. */
const readImage = async (body: Readable, bytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> => {
  const file = new Uint8Array(bytes);
  let read = 0;
  let isImage = false;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    file.set(chunk, read);
    read += chunk.length;
    if (!isImage && read >= Math.min(headBytes, bytes)) {
      if (!mayBeImage(file.subarray(0, read))) return undefined;
      isImage = true;
    }
  }
  return isImage ? file : undefined;
};

const mayBeImage = (beginning: Uint8Array): boolean => {
  try {
    return readImageHeader(beginning) !== undefined;
  } catch (error) {
    // It begins as one, and goes on.
    if (error instanceof UnreadableImageError) return true;
    throw error;
  }
};

const inspectImage = async (codecs: Codecs, file: Uint8Array<ArrayBuffer>): Promise<Findings> => {
  try {
    const header = readImageHeader(file);
    if (header === undefined) return { thumbnail: 'unsupported' };
    const provenance = await readContentCredentials(file, header.kind);
    return { ...(await tryThumbnails(codecs, file, header)), provenance };
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
