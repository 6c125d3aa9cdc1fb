import * as z from 'zod';
import { parseJson } from './json.ts';

/** What Adobe says about an error, whichever of its services said it. */
export interface AdobeError {
  code: string;
  message: string;
  status: number;
}

const errorBody = z.object({
  error_code: z.coerce.string().optional(),
  message: z.string().optional(),
  validation_errors: z
    .array(z.object({ loc: z.array(z.union([z.string(), z.number()])).optional(), msg: z.string().optional() }))
    .optional(),
});

// A proxy's error page may be long; what is kept of a message must fit beside everything else in a job.
const messageLimit = 1000;

/**
 * Reads an error answer of Adobe's edge gateway or of a service behind it. Stack traces in it are left out.
 *
 * @returns the code, or undefined in `code` if the body is not one of Adobe's
 */
export const readAdobeError = (
  status: number,
  body: string,
  accessError?: string | null,
): AdobeError & { isAdobes: boolean } => {
  const parsed = errorBody.safeParse(parseJson(body));
  const code = parsed.success ? parsed.data.error_code : undefined;
  const fields = parsed.success
    ? (parsed.data.validation_errors ?? []).map(({ loc = [], msg = '' }) => `${loc.join('.')}: ${msg}`)
    : [];
  const message = [parsed.success ? parsed.data.message : undefined, accessError ?? undefined, ...fields]
    .filter((part) => part !== undefined && part !== '')
    .join('; ');
  return {
    code: code ?? `http_${status}`,
    message: (message || `Adobe answered with HTTP status ${status}.`).slice(0, messageLimit),
    status,
    isAdobes: code !== undefined,
  };
};

/**
 * How long Adobe asks to wait, in ms. Adobe's spec speaks of a date, its guide of seconds, so both are understood.
 *
 * @returns undefined if the header is absent or neither
 */
export const readRetryAfter = (header: string | null, nowMs: number): number | undefined => {
  if (header === null || header.trim() === '') return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Math.ceil(Number(header) * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
};

/** Codes with which the edge gateway refuses a token, whatever the HTTP status (Adobe: 401013, 403020). */
const refusedTokenCodes = ['401013', '403020'];

/** Whether Adobe refused the access token, so that a new one may help. */
export const isTokenRefused = (error: AdobeError): boolean =>
  error.status === 401 || refusedTokenCodes.includes(error.code);
