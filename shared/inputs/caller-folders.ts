import { createHash } from 'node:crypto';

/** A caller as a part of S3 keys: callers may contain any character, and some are personal data. */
export const callerKey = (caller: string): string => createHash('sha256').update(caller).digest('hex').slice(0, 32);

/** Where a caller's uploads lie. */
export const uploadsPrefix = (caller: string): string => `uploads/${callerKey(caller)}/`;

/** Where files for a caller are dropped; the folder's name is the caller's. */
export const inboxPrefix = (caller: string): string => `inbox/${caller}/`;

const outputPattern = /^outputs\/\d{4}\/\d\d\/\d\d\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/[^/]+$/;

/** The job to whose outputs a key belongs. */
export const jobIdOfKey = (key: string): string | undefined => outputPattern.exec(key)?.[1];
