import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Caller, StoredSecret } from './caller.ts';

/** A new secret: its value is shown once, and only its hash is stored. */
export interface NewSecret {
  value: string;
  stored: StoredSecret;
}

// The prefix lets scanners of source code recognize a secret that was committed.
const prefix = 'fgs_';
const secretBytes = 32;

/** @param now epoch ms */
export const createCallerSecret = (now: number): NewSecret => {
  const value = `${prefix}${randomBytes(secretBytes).toString('base64url')}`;
  const secretId = randomBytes(6).toString('hex');
  return { value, stored: { secretId, hash: hashSecret(value), createdAt: new Date(now).toISOString() } };
};

const hashSecret = (value: string): string => createHash('sha256').update(value).digest('hex');

// Compared with where there is no caller or no secret, so that the answer takes as long.
const noHash = hashSecret(randomBytes(secretBytes).toString('hex'));

/**
 * Finds the secret of a caller that has this value. Takes the same time for a wrong secret, a caller without secrets and an
 * unknown caller.
 *
 * @returns the id of the secret, or undefined if none has this value
 */
export const findSecret = (caller: Pick<Caller, 'secrets'> | undefined, value: string): string | undefined => {
  const given = Buffer.from(hashSecret(value), 'hex');
  const [first, second] = caller?.secrets ?? [];
  const isFirst = timingSafeEqual(given, Buffer.from(first?.hash ?? noHash, 'hex'));
  const isSecond = timingSafeEqual(given, Buffer.from(second?.hash ?? noHash, 'hex'));
  if (isFirst) return first?.secretId;
  return isSecond ? second?.secretId : undefined;
};
