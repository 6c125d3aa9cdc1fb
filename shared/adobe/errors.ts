import * as z from 'zod';
import { parseJson } from './json.ts';

/** What Adobe says about an error, whichever of its services said it. */
export interface AdobeError {
  code: string;
  message: string;
  status: number;
}

const errorBody = z.object({
  error_code: z.union([z.string(), z.number()]).nullish(),
  message: z.string().nullish().catch(undefined),
  validation_errors: z
    .array(z.object({ loc: z.array(z.union([z.string(), z.number()])).optional(), msg: z.string().optional() }))
    .nullish()
    .catch(undefined),
});

// A proxy's error page may be long; what is kept of a message must fit beside everything else in a job.
const messageLimit = 1000;

/**
 * Reads an error answer of Adobe's edge gateway or of a service behind it. Stack traces in it are left out.
 *
 * @returns `isAdobes` tells whether the body carries Adobe's code; without one the code is `http_<status>`
 */
export const readAdobeError = (
  status: number,
  body: string,
  accessError?: string | null,
): AdobeError & { isAdobes: boolean } => {
  const parsed = errorBody.safeParse(parseJson(body));
  const code = parsed.success && parsed.data.error_code ? String(parsed.data.error_code) : undefined;
  const fields = parsed.success
    ? (parsed.data.validation_errors ?? []).map(({ loc = [], msg = '' }) => `${loc.join('.')}: ${msg}`)
    : [];
  const message = [parsed.success ? parsed.data.message : undefined, accessError, ...fields]
    .filter((part) => part !== undefined && part !== null && part !== '')
    .join('; ');
  return {
    code: code ?? `http_${status}`,
    message: (message || `Adobe answered with HTTP status ${status}.`).slice(0, messageLimit),
    status,
    isAdobes: code !== undefined,
  };
};

// Adobe's longest limit is a day's; a mistaken header must not stop the gateway for years.
const retryAfterLimitMs = 24 * 60 * 60_000;

// Date.parse alone also takes "-5" and "soon 5" for dates.
const httpDate = /^[A-Z][a-z]{2,8}, /;

/**
 * How long Adobe asks to wait, in ms, at most a day. Adobe's spec speaks of a date, its guide of seconds, so both are
 * understood.
 *
 * @returns undefined if the header is absent or neither
 */
export const readRetryAfter = (header: string | null, nowMs: number): number | undefined => {
  const text = header?.trim() ?? '';
  const waitMs = /^\d+(\.\d+)?$/.test(text)
    ? Math.ceil(Number(text) * 1000)
    : httpDate.test(text)
      ? Date.parse(text) - nowMs
      : Number.NaN;
  return Number.isNaN(waitMs) ? undefined : Math.min(retryAfterLimitMs, Math.max(0, waitMs));
};

/** Codes with which the edge gateway refuses a token, whatever the HTTP status (Adobe: 401013, 403020). */
const refusedTokenCodes = ['401013', '403020'];

/** Whether Adobe refused the access token, so that a new one may help. */
export const isTokenRefused = (error: AdobeError): boolean =>
  error.status === 401 || refusedTokenCodes.includes(error.code);
