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

/** A wrong field of a request, in Adobe's words (Adobe: `validation_errors`). */
export interface AdobeValidationError {
  loc: (string | number)[];
  msg: string;
  type: string;
}

/** What Adobe says about an error, whichever of its services said it. */
export interface AdobeError {
  code: string;
  message: string;
  status: number;
  /** The wrong fields, where Adobe names them. */
  validationErrors?: AdobeValidationError[];
  /** The edge gateway's own word for it (Adobe: `x-access-error`). */
  accessError?: string;
  /** Whether the body carried an `error_code`; an answer without one may come from something in between. */
  isAdobes: boolean;
  /** Whether the body is a page in HTML: an answer of a proxy or a server in between, as Adobe's errors are JSON. */
  isHtml: boolean;
}

const text = z.string().nullish().catch(undefined);

const errorBody = z.object({
  error_code: z.union([z.string(), z.number()]).nullish().catch(undefined),
  // Adobe's list of custom models names its errors so.
  reason: text,
  message: text,
  validation_errors: z
    .array(
      z.object({ loc: z.array(z.union([z.string(), z.number()])).optional(), msg: z.string().optional(), type: text }),
    )
    .nullish()
    .catch(undefined),
});

const maxCodeLength = 100;
const maxMessageLength = 1000;
const maxValidationErrors = 20;
const maxLocParts = 20;
const maxFieldLength = 200;

/** A code of Adobe's, bounded so that it fits beside everything else in a job; undefined if there is none. */
export const readCode = (code: string | number | null | undefined): string | undefined =>
  code ? String(code).slice(0, maxCodeLength).toWellFormed() : undefined;

/** A message of Adobe's, bounded so that it fits beside everything else in a job, and without presigned URLs. */
export const readMessage = (message: string, maxLength: number = maxMessageLength): string =>
  // Cut before as well: a long text would take long to look through.
  withoutQueries(message.slice(0, 4 * maxLength))
    .slice(0, maxLength)
    .toWellFormed();

/**
 * Reads an error answer of Adobe's edge gateway or of a service behind it; without a code of Adobe's the code is
 * `http_<status>`. Stack traces in it are left out, and nothing in it is longer than a job's record can hold.
 */
export const readAdobeError = (
  status: number,
  body: string,
  { accessError, contentType }: { accessError?: string | null; contentType?: string | null } = {},
): AdobeError => {
  const { data } = errorBody.safeParse(parseJson(body));
  const code = readCode(data?.error_code);
  const validationErrors = readValidationErrors(data?.validation_errors ?? []);
  const fields = validationErrors.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`);
  const message = [data?.message, accessError, ...fields]
    .filter((part) => part !== undefined && part !== null && part !== '')
    .join('; ');
  return {
    code: code ?? readCode(data?.reason) ?? `http_${status}`,
    message: readMessage(message || `Adobe answered with HTTP status ${status}.`),
    validationErrors: validationErrors.length === 0 ? undefined : validationErrors,
    status,
    accessError: accessError ?? undefined,
    isAdobes: code !== undefined,
    isHtml: code === undefined && (/^text\/html\b/i.test(contentType ?? '') || /^\s*</.test(body)),
  };
};

const readValidationErrors = (
  errors: readonly { loc?: (string | number)[]; msg?: string; type?: string | null }[],
): AdobeValidationError[] =>
  errors.slice(0, maxValidationErrors).map(({ loc = [], msg = '', type }) => ({
    loc: loc
      .slice(0, maxLocParts)
      .map((part) => (typeof part === 'number' ? part : part.slice(0, maxFieldLength).toWellFormed())),
    msg: readMessage(msg, maxFieldLength),
    type: readCode(type) ?? 'value_error',
  }));

/** A text without the queries of its URLs: those of presigned ones hold a signature that is still good. */
const withoutQueries = (text: string): string => text.replaceAll(/(https?:\/\/[^\s?"']+)\?[^\s"']*/g, '$1?…');

/** Codes with which the edge gateway refuses a token, whatever the HTTP status (Adobe: 401013, 403020). */
const refusedTokenCodes = ['401013', '403020'];

/** Whether Adobe refused the access token, so that a new one may help. */
export const isTokenRefused = (error: Pick<AdobeError, 'status' | 'code'>): boolean =>
  error.status === 401 || refusedTokenCodes.includes(error.code);
