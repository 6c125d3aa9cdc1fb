import { findUrls } from '../adobe/services/body-texts.ts';
import { readUrlExpiry, type UrlValidity } from './url-expiry.ts';

/** A presigned URL somewhere in a request body; the URL itself is a secret and not part of it. */
export interface ExpiringUrl extends UrlValidity {
  /** Path to the URL inside the body. */
  path: (string | number)[];
}

/** What clocks may differ by: a URL that has just expired may still be good where it leads. */
const skewMs = 60_000;

/** Every presigned URL in a request body that says when it expires. */
export const findExpiringUrls = (body: unknown): ExpiringUrl[] =>
  findUrls(body).flatMap(({ path, text }) => {
    const validity = readUrlExpiry(text);
    return validity === undefined ? [] : [{ path, ...validity }];
  });

/** Whether a URL is dead at a time, in epoch ms. */
export const isExpired = ({ expiresAt }: ExpiringUrl, atMs: number): boolean => expiresAt + skewMs < atMs;

/** What is said of a URL that is dead. */
export const describeExpired = ({ field, expiresAt }: ExpiringUrl): string =>
  `the URL expired at ${toSeconds(expiresAt)} (${field})`;

/** The same of several, in one line that names each field. */
export const listExpired = (urls: readonly ExpiringUrl[]): string =>
  urls
    .slice(0, maxListed)
    .map((url) => `${nameField(url)}: ${describeExpired(url)}`)
    .join('; ');

const maxListed = 16;

// Names of fields are the caller's, and a job's record keeps what is said of them.
const maxNameLength = 200;

const nameField = ({ path }: ExpiringUrl): string => `body.${path.join('.')}`.slice(0, maxNameLength).toWellFormed();

/**
 * One warning for each presigned URL that is not valid when the job is to start.
 *
 * @param startMs estimated start in epoch ms; undefined while an operator pauses the queue, which may take longer than any URL lives
 */
export const warnOfExpiry = (urls: readonly ExpiringUrl[], startMs: number | undefined): string[] =>
  urls.slice(0, maxListed).flatMap((url) => {
    const name = nameField(url);
    if (startMs === undefined) {
      return [
        `${name}: the URL expires at ${toSeconds(url.expiresAt)} (${url.field}), and an operator pauses the queue. ${wayOut}`,
      ];
    }
    const start = `the estimated start of the job at ${toSeconds(startMs)}`;
    if (url.expiresAt <= startMs) {
      return [`${name}: the URL expires at ${toSeconds(url.expiresAt)} (${url.field}), before ${start}. ${wayOut}`];
    }
    if (url.startsAt !== undefined && url.startsAt > startMs + skewMs) {
      return [`${name}: the URL is not valid before ${toSeconds(url.startsAt)}, which is after ${start}. ${wayOut}`];
    }
    return [];
  });

const wayOut = 'Upload the image by POST /uploads and name it by its s3:// address, which does not expire.';

const toSeconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
