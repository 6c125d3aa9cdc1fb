import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from '../service-error.ts';

/** Has conditional writes of the same key wait for each other; what is held is let go once the answer is out. */
export interface WriteLocks {
  /** Resolves when nobody holds the key, and holds it. */
  hold(key: string): Promise<() => void>;
}

/** Begins with no key held. */
export const createWriteLocks = (): WriteLocks => {
  const last = new Map<string, Promise<void>>();
  return {
    hold: async (key) => {
      const before = last.get(key);
      const { promise, resolve } = Promise.withResolvers<void>();
      last.set(key, promise);
      await before;
      return () => {
        if (last.get(key) === promise) last.delete(key);
        resolve();
      };
    },
  };
};

/** Whether a request writes an object only if a condition holds for the one that is there. */
export const isConditional = (method: string, key: string, headers: IncomingHttpHeaders): boolean =>
  method === 'PUT' && key !== '' && (headers['if-none-match'] !== undefined || headers['if-match'] !== undefined);

/**
 * Checks the condition of a write; S3 knows `If-None-Match: *` and `If-Match` with an ETag.
 *
 * @param etag of the object that is there, in quotes; undefined if there is none
 * @throws {ServiceError} 412 if it does not hold, 404 for `If-Match` without an object, 501 for any other condition
 */
export const checkWriteCondition = (headers: IncomingHttpHeaders, etag: string | undefined): void => {
  const { 'if-none-match': ifNoneMatch, 'if-match': ifMatch } = headers;
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    const message = 'A header you provided implies functionality that is not implemented';
    throw new ServiceError('NotImplemented', message, 501);
  }
  if (ifMatch !== undefined && etag === undefined) {
    throw new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
  }
  const holds = ifNoneMatch !== undefined ? etag === undefined : unquote(ifMatch) === unquote(etag);
  if (holds) return;
  const message = 'At least one of the pre-conditions you specified did not hold';
  throw new ServiceError('PreconditionFailed', message, 412);
};

const unquote = (etag = ''): string => etag.replaceAll('"', '');
