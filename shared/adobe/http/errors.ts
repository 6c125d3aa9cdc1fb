import * as z from 'zod';
import { GatewayError } from '../../errors.ts';
import { once } from '../../once.ts';
import { parseJson } from './client.ts';

/** A call of Adobe failed. */
export abstract class AdobeCallError extends GatewayError {
  /** Whether the failure may pass by itself, so that the same call may succeed later. */
  abstract readonly isTransient: boolean;
  /** How long Adobe asks to wait. */
  abstract readonly retryAfterMs: number | undefined;
}

/** A wrong field of a request, in Adobe's words; its place is empty where a service says it in the text only. */
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
  /** The wrong fields, or the reasons one by one, where Adobe names them. */
  validationErrors?: AdobeValidationError[];
  /** The edge gateway's own word for it (Adobe: `x-access-error`). */
  accessError?: string;
  /** Whether the body carried an `error_code`; an answer without one may come from something in between. */
  isAdobes: boolean;
  /** Whether the body is a page in HTML: an answer of a proxy or a server in between, as Adobe's errors are JSON. */
  isHtml: boolean;
}

const text = once(() => z.string().nullish().catch(undefined));

const code = once(() => z.union([z.string(), z.number()]).nullish().catch(undefined));

/** One entry of a list of errors, as the services write them. */
const listedError = once(() =>
  z.preprocess(
    (entry) => (typeof entry === 'string' ? { msg: entry } : entry),
    z.object({
      // Substance 3D writes a path as one text.
      loc: z.union([z.array(z.union([z.string(), z.number()])), z.string().transform((path) => [path])]).optional(),
      msg: z.string().optional(),
      type: text(),
      error_code: code(),
      code: code(),
      message: text(),
      name: text(),
      reason: text(),
    }),
  ),
);

type ListedError = z.output<ReturnType<typeof listedError>>;

const listedErrors = once(() => z.array(listedError()).nullish().catch(undefined));

const errorBody = once(() =>
  z.object({
    error_code: code(),
    // Masking names its errors so, and adds `error_code` for some.
    code: code(),
    title: text(),
    // Adobe's list of custom models names its errors so.
    reason: text(),
    message: text(),
    // Firefly and Illustrator; Photoshop; Substance 3D; masking.
    validation_errors: listedErrors(),
    errors: listedErrors(),
    error_details: listedErrors(),
    details: listedErrors(),
  }),
);

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
  const { data } = errorBody().safeParse(parseJson(body));
  const adobesCode = readCode(data?.error_code);
  const { validation_errors, errors, error_details, details } = data ?? {};
  const validationErrors = readListedErrors(validation_errors ?? errors ?? error_details ?? details ?? []);
  const fields = validationErrors.map(({ loc, msg }) => (loc.length === 0 ? msg : `${loc.join('.')}: ${msg}`));
  const message = [data?.message ?? data?.title, accessError, ...fields]
    .filter((part) => part !== undefined && part !== null && part !== '')
    .join('; ');
  return {
    code: adobesCode ?? readCode(data?.code) ?? readCode(data?.reason) ?? `http_${status}`,
    message: readMessage(message || `Adobe answered with HTTP status ${status}.`),
    validationErrors: validationErrors.length === 0 ? undefined : validationErrors,
    status,
    accessError: accessError ?? undefined,
    isAdobes: adobesCode !== undefined,
    isHtml: adobesCode === undefined && (/^text\/html\b/i.test(contentType ?? '') || /^\s*</.test(body)),
  };
};

const readListedErrors = (errors: readonly ListedError[]): AdobeValidationError[] =>
  errors.slice(0, maxValidationErrors).map(({ loc, msg, type, name, message, reason, ...codes }) => ({
    loc: (loc ?? (name ? [name] : []))
      .slice(0, maxLocParts)
      .map((part) => (typeof part === 'number' ? part : part.slice(0, maxFieldLength).toWellFormed())),
    msg: readMessage(msg ?? message ?? reason ?? '', maxFieldLength),
    type: readCode(type) ?? readCode(codes.error_code) ?? readCode(codes.code) ?? 'value_error',
  }));

/** A text without the queries of its URLs: those of presigned ones hold a signature that is still good. */
export const withoutQueries = (text: string): string =>
  text.replaceAll(/[^\s"']+/g, (word) => {
    const url = word.search(/https?:\/\//);
    const query = url < 0 ? -1 : word.indexOf('?', url);
    return query < 0 ? word : `${word.slice(0, query)}?…`;
  });

/** Codes with which the edge gateway refuses a token, whatever the HTTP status (Adobe: 401013, 403020). */
const refusedTokenCodes = ['401013', '403020'];

/** Codes of a 401 that is about the rights of the credential, which every token of it has (Adobe: Audio/Video). */
const missingRightCodes = ['unauthorized_forbidden'];

/** Whether Adobe refused the access token, so that a new one may help. */
export const isTokenRefused = ({ status, code }: Pick<AdobeError, 'status' | 'code'>): boolean =>
  refusedTokenCodes.includes(code) || (status === 401 && !missingRightCodes.includes(code));
