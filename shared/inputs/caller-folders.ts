import { createHash } from 'node:crypto';

/** A caller as a part of S3 keys: callers may contain any character, and some are personal data. */
const callerKey = (caller: string): string => createHash('sha256').update(caller).digest('hex').slice(0, 32);

/** Where a caller's uploads lie. */
export const uploadsPrefix = (caller: string): string => `uploads/${callerKey(caller)}/`;

/**
 * Whether an object of the gateway's bucket is one of a caller's uploads, or lies in the caller's inbox. The first folder of the
 * inbox names the caller: whoever has a slash in the name has none there, or it would lie inside of another's.
 */
export const isOwnFile = (caller: string, key: string): boolean => {
  // To S3 these are names like any other; whatever lies on the way to it may take them for a way up.
  if (key.split('/').some((part) => part === '.' || part === '..')) return false;
  return key.startsWith(uploadsPrefix(caller)) || (!caller.includes('/') && key.startsWith(`inbox/${caller}/`));
};

const outputPattern = /^outputs\/\d{4}\/\d\d\/\d\d\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/[^/]+$/;

/** The job to whose outputs a key belongs. */
export const jobIdOfKey = (key: string): string | undefined => outputPattern.exec(key)?.[1];
