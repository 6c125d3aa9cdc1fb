import { ServiceError } from '../service-error.ts';

/** Metadata of an object that is to look larger than this machine could keep it; its own bytes stand at its beginning. */
export const playedBytesHeader = 'x-amz-meta-played-bytes';

/**
 * The headers by which an object looks as large as its metadata says.
 *
 * @returns nothing for an object that plays no size
 */
export const playSize = (
  headers: Readonly<Record<string, number | string | string[] | undefined>>,
): Record<string, string> => {
  const bytes = headers[playedBytesHeader];
  if (typeof bytes !== 'string' || !/^\d+$/.test(bytes)) return {};
  const range = headers['content-range'];
  return typeof range === 'string'
    ? { 'content-range': range.replace(/\/\d+$/, `/${bytes}`) }
    : { 'content-length': bytes };
};

/**
 * Checks a body against the checksum that is signed into a presigned URL, as the AWS SDK writes one of an empty body unless told
 * otherwise (S3 reads such parameters as headers).
 *
 * @param getCrc32 of the body
 * @throws {ServiceError} 400 if it is of another body
 */
export const checkChecksum = (query: Readonly<Record<string, unknown>>, getCrc32: () => number): void => {
  const given = query['x-amz-checksum-crc32'];
  if (typeof given !== 'string') return;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(getCrc32());
  if (bytes.toString('base64') === given) return;
  throw new ServiceError('BadDigest', 'The CRC32 you specified did not match the calculated checksum.');
};
