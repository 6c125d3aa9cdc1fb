import { createHash } from 'node:crypto';
import { inboxPrefix } from '../batches/batch-files.ts';

/** A caller as a part of S3 keys: callers may contain any character, and some are personal data. */
const callerKey = (caller: string): string => createHash('sha256').update(caller).digest('hex').slice(0, 32);

/** Where a caller's uploads lie. */
export const uploadsPrefix = (caller: string): string => `uploads/${callerKey(caller)}/`;

// Between folders of S3 there are slashes, and the names of roles in IAM mode have one: account and role.
const slash = '%2F';

/** The caller whose folder in the inbox this is: `%2F` in its name stands for a slash. */
export const callerOfFolder = (folder: string): string => folder.replaceAll(slash, '/');

/**
 * Whether an object of the gateway's bucket is one of a caller's uploads, or lies in the caller's folder of the inbox. The folder
 * is the first below `inbox/` and no deeper, or it would lie inside of another's.
 */
export const isOwnFile = (caller: string, key: string): boolean => {
  // To S3 these are names like any other; whatever lies on the way to it may take them for a way up.
  if (key.split('/').some((part) => part === '.' || part === '..')) return false;
  // Who is called by what stands for a slash shares no folder with whom it would stand for.
  const hasFolder = !caller.includes(slash);
  const folder = `${inboxPrefix}${caller.replaceAll('/', slash)}/`;
  return key.startsWith(uploadsPrefix(caller)) || (hasFolder && key.startsWith(folder));
};

const outputPattern = /^outputs\/\d{4}\/\d\d\/\d\d\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/[^/]+$/;

/** The job to whose outputs a key belongs. */
export const jobIdOfKey = (key: string): string | undefined => outputPattern.exec(key)?.[1];
