import type { Readable } from 'node:stream';
import { type PublicRequestOptions, sendToPublic } from '#shared/webhooks/public-request.ts';

/** The file that is written. */
export interface WrittenFile {
  bytes: number;
  contentType: string;
}

/**
 * Writes a file to a presigned URL of a caller's storage in one request, as that storage takes it.
 *
 * @returns the HTTP status of its answer
 */
export const writeToStorage = async (
  url: URL,
  body: Readable,
  file: WrittenFile,
  options: PublicRequestOptions & { signal: AbortSignal },
): Promise<number> => {
  const { signal, ...publicRequests } = options;
  const answer = await sendToPublic(url, { ...describeWrite(url, file), signal }, body, publicRequests);
  answer.destroy();
  return answer.statusCode ?? 0;
};

/** A PUT, as S3 and most others take it, but for the storage of two. */
const describeWrite = (url: URL, { bytes, contentType }: WrittenFile) => {
  const headers = { 'content-type': contentType, 'content-length': String(bytes) };
  // Azure (Put Blob): 400 without the header.
  if (isAzure(url)) return { method: 'PUT', headers: { ...headers, 'x-ms-blob-type': 'BlockBlob' } };
  // Dropbox (temporary upload links): 400 for any other type.
  if (isDropbox(url)) return { method: 'POST', headers: { ...headers, 'content-type': 'application/octet-stream' } };
  return { method: 'PUT', headers };
};

// In the clouds for everybody, governments and China, and with Azure DNS zones.
const azureHosts = /\.blob\.(core\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)|storage\.azure\.net)$/;

/** By its host, or behind a domain of the caller's by what each shared access signature has. */
const isAzure = ({ hostname, searchParams }: URL): boolean =>
  azureHosts.test(hostname) || ['sv', 'sr', 'sp', 'sig'].every((name) => searchParams.has(name));

const isDropbox = ({ hostname }: URL): boolean => hostname === 'content.dropboxapi.com';
