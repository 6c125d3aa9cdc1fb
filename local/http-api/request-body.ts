import type { IncomingMessage } from 'node:http';
import { ProblemError } from '#functions/api/http/problem.ts';

/** Largest request body that API Gateway takes, in bytes. */
export const bodyLimitBytes = 10 * 1024 * 1024;

// API Gateway answers {"message":"Request Entity Too Large"} and cannot be made to say more.
const wayOut = 'POST /uploads gives a form for larger images; a larger file of requests goes into S3.';

/** The answer to a body that is larger than API Gateway or Lambda takes, with what to do instead. */
export const bodyTooLarge = (limitBytes: number): ProblemError =>
  new ProblemError(413, 'request_too_large', `The request has more than ${limitBytes} bytes. ${wayOut}`);

/** Whether the request announces a body that is too large. */
export const announcesTooMuch = ({ headers }: IncomingMessage): boolean =>
  Number(headers['content-length'] ?? 0) > bodyLimitBytes;

/**
 * Reads a request's body.
 *
 * @returns undefined when the client went away in the middle of it
 * @throws {ProblemError} 413 as soon as it is known to be too large; the rest of it is not read
 */
export const readBody = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  if (announcesTooMuch(request)) throw bodyTooLarge(bodyLimitBytes);
  const chunks: Buffer[] = [];
  let bytes = 0;
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > bodyLimitBytes) {
      chunks.length = 0;
      reject(bodyTooLarge(bodyLimitBytes));
    } else chunks.push(chunk);
  });
  request.on('end', () => resolve(Buffer.concat(chunks)));
  request.on('error', () => resolve(undefined));
  return promise;
};

const drainLimitBytes = 256 * 1024 * 1024;
const drainLimitMs = 10_000;

/**
 * Reads and forgets what a client still sends, so that it gets to read the answer it has been given: closing the
 * connection with unread data resets it, and the answer is lost. Ends with the request, or at a bound.
 */
export const drain = async (request: IncomingMessage): Promise<void> => {
  if (request.complete || request.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  let bytes = 0;
  const timer = setTimeout(resolve, drainLimitMs).unref();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > drainLimitBytes) resolve();
  });
  request.on('end', resolve);
  request.on('close', resolve);
  request.resume();
  await promise;
  clearTimeout(timer);
};
