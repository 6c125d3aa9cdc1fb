import * as z from 'zod';
import { parseJson } from './json.ts';

/** What Adobe says about an error, whichever of its services said it. */
export interface AdobeError {
  code: string;
  message: string;
  status: number;
  /** Whether the body carried Adobe's code; without one it is `http_<status>`. */
  isAdobes?: boolean;
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
 */
export const readAdobeError = (status: number, body: string, accessError?: string | null): AdobeError => {
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

/** Codes with which the edge gateway refuses a token, whatever the HTTP status (Adobe: 401013, 403020). */
const refusedTokenCodes = ['401013', '403020'];

/** Whether Adobe refused the access token, so that a new one may help. */
export const isTokenRefused = (error: AdobeError): boolean =>
  error.status === 401 || refusedTokenCodes.includes(error.code);
