import * as z from 'zod';
import { GatewayError } from '../../errors.ts';
import { parseJson } from './client.ts';

/** A call of Adobe failed. */
export abstract class AdobeCallError extends GatewayError {
  /** Whether the failure may pass by itself, so that the same call may succeed later. */
  abstract readonly isTransient: boolean;
  /** How long Adobe asks to wait. */
  abstract readonly retryAfterMs: number | undefined;
}

/** What Adobe says about an error, whichever of its services said it. */
export interface AdobeError {
  code: string;
  message: string;
  status: number;
  /** The edge gateway's own word for it (Adobe: `x-access-error`). */
  accessError?: string;
  /** Whether the body carried an `error_code`; an answer without one may come from something in between. */
  isAdobes: boolean;
  /** Whether the body is a page in HTML: an answer of a proxy or a server in between, as Adobe's errors are JSON. */
  isHtml: boolean;
}

const errorBody = z.object({
  error_code: z.union([z.string(), z.number()]).nullish(),
  // Adobe's list of custom models names its errors so.
  reason: z.string().nullish().catch(undefined),
  message: z.string().nullish().catch(undefined),
  validation_errors: z
    .array(z.object({ loc: z.array(z.union([z.string(), z.number()])).optional(), msg: z.string().optional() }))
    .nullish()
    .catch(undefined),
});

// A proxy's error page may be long; what is kept of a message must fit beside everything else in a job.
export const maxMessageLength = 1000;

/**
 * Reads an error answer of Adobe's edge gateway or of a service behind it; without a code of Adobe's the code is
 * `http_<status>`. Stack traces in it are left out.
 */
export const readAdobeError = (
  status: number,
  body: string,
  { accessError, contentType = '' }: { accessError?: string | null; contentType?: string | null } = {},
): AdobeError => {
  const { data } = errorBody.safeParse(parseJson(body));
  const code = data?.error_code ? String(data.error_code) : undefined;
  const fields = (data?.validation_errors ?? []).map(({ loc = [], msg = '' }) => `${loc.join('.')}: ${msg}`);
  const message = [data?.message, accessError, ...fields]
    .filter((part) => part !== undefined && part !== null && part !== '')
    .join('; ');
  return {
    code: code ?? (data?.reason || `http_${status}`),
    message: withoutQueries(message || `Adobe answered with HTTP status ${status}.`).slice(0, maxMessageLength),
    status,
    accessError: accessError ?? undefined,
    isAdobes: code !== undefined,
    isHtml: data?.error_code === undefined && (/^text\/html\b/i.test(contentType ?? '') || /^\s*</.test(body)),
  };
};

/** A text without the queries of its URLs: those of presigned ones hold a signature that is still good. */
export const withoutQueries = (text: string): string => text.replaceAll(/(https?:\/\/[^\s?"']+)\?[^\s"']*/g, '$1?…');

/** Codes with which the edge gateway refuses a token, whatever the HTTP status (Adobe: 401013, 403020). */
const refusedTokenCodes = ['401013', '403020'];

/** Whether Adobe refused the access token, so that a new one may help. */
export const isTokenRefused = (error: Pick<AdobeError, 'status' | 'code'>): boolean =>
  error.status === 401 || refusedTokenCodes.includes(error.code);
