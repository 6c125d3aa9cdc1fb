import { createHash } from 'node:crypto';
import type { Download } from '../adobe/http/download.ts';
import { DownloadError, openDownload } from '../adobe/http/download.ts';
import { createAllowList } from '../adobe/http/hosts.ts';
import { findUrls } from '../adobe/services/body-texts.ts';
import { findInputTypes } from '../adobe/services/input-types.ts';
import { detectionBytes } from '../media-type.ts';
import { type InputLimits, readInputType } from './inspect.ts';
import { InputError } from './locate.ts';

/** An image at a URL that Adobe documents as an input, and was seen unable to reach. */
export interface WebSource {
  /** As the caller wrote it; it carries a signature and is kept nowhere but in the request. */
  url: string;
  /** Names it where its URL must not stand, such as in a durable step. */
  id: string;
}

/** Each is fetched: far more than any operation takes, few enough for one turn. */
export const maxWebSources = 16;

/** What is said of a request with more. */
export const tooManyWebSources = `a request can name at most ${maxWebSources} images on Google Cloud Storage`;

const host = 'storage.googleapis.com';
const allowsInput = createAllowList([`https://${host}`, `.${host}`]);
const timeoutMs = 60_000;

/** Every image on Google Cloud Storage in a request body, each once. */
export const findWebSources = (body: unknown): WebSource[] => {
  const urls = new Set(findUrls(body).map(({ text }) => text));
  return [...urls]
    .filter((url) => url.startsWith('https:') && allowsInput(url))
    .map((url) => ({ url, id: `web:${createHash('sha256').update(url).digest('hex')}` }));
};

/** Opens an input that is not in S3; a redirect may not leave Google Cloud Storage. */
export type OpenWebInput = (url: string) => Promise<Download>;

/** @throws {DownloadError} */
export const openWebInput: OpenWebInput = (url) => openDownload(url, allowsInput, timeoutMs);

/** The image at a URL while it arrives, and what names this very content of it. */
export interface WebInput {
  identity: { bucket: string; key: string; etag: string };
  download: Download;
}

/**
 * Opens the image of a source.
 *
 * @returns undefined if it cannot be had now; asking again may help
 * @throws {InputError} if it cannot be had by this URL
 */
export const openWebSource = async ({ url, id }: WebSource, open: OpenWebInput): Promise<WebInput | undefined> => {
  try {
    const download = await open(url);
    const { hostname, pathname } = new URL(url);
    // Without an ETag only the same URL is taken for the same content.
    return { identity: { bucket: hostname, key: pathname, etag: download.etag ?? id }, download };
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    if (error.reason === 'unavailable') return undefined;
    const status = error.status === undefined ? '' : ` (HTTP status ${error.status})`;
    throw new InputError('not_found', `Google Cloud Storage does not give the object${status}`);
  }
};

/**
 * Reads an image and never more of it than may be read.
 *
 * @throws {InputError} if it is too large or of another type
 */
export const readWebInput = async (
  { download: { stream } }: WebInput,
  { maxBytes, types }: InputLimits,
): Promise<{ image: Uint8Array<ArrayBuffer>; contentType: string }> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop ends the download.
    if (bytes > maxBytes) throw new InputError('too_large', `the object has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const image = new Uint8Array(Buffer.concat(chunks));
  return { image, contentType: await readInputType(image.subarray(0, detectionBytes), findInputTypes(types, [])) };
};
