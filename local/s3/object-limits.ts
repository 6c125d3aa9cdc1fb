import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from '../service-error.ts';

// Source: "Naming Amazon S3 objects" and "Working with object metadata" in the S3 user guide; both count bytes of UTF-8.
const maxKeyBytes = 1_024;
const maxMetadataBytes = 2 * 1024;

const metadataPrefix = 'x-amz-meta-';

/**
 * Refuses what S3 refuses for its size alone, whatever is done with the object.
 *
 * @param key decoded
 * @throws {ServiceError} KeyTooLongError, MetadataTooLarge
 */
export const checkObjectLimits = (key: string, headers: IncomingHttpHeaders): void => {
  if (Buffer.byteLength(key) > maxKeyBytes) throw new ServiceError('KeyTooLongError', 'Your key is too long');
  const bytes = Object.entries(headers)
    .filter(([name]) => name.startsWith(metadataPrefix))
    .reduce((sum, [name, value]) => sum + name.length - metadataPrefix.length + Buffer.byteLength(String(value)), 0);
  if (bytes > maxMetadataBytes) {
    throw new ServiceError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size');
  }
};
