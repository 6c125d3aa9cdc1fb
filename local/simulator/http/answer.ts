import type { Readable } from 'node:stream';

/** What a simulated service answers; the server adds the date, a request id and the length. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** A stream is sent without being held; give its `content-length` in the headers. */
  body?: string | Uint8Array | Readable;
}

/** A request that a simulated service refuses; `answerOf` turns it into its answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

/** Runs a handler; a refusal thrown anywhere inside is its answer. */
export const answerOf = async (handle: () => Answer | Promise<Answer>): Promise<Answer> => {
  try {
    return await handle();
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
};

/** An answer with a JSON body. */
export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** The page that Adobe's proxies send in place of JSON, for example with 413 and 502. */
export const htmlPage = (status: number, title: string): Answer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body><h1>${status} ${title}</h1></body>\r\n</html>\r\n`,
});

/** An error as object storage words it. */
export const xmlError = (status: number, code: string, message: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

/** The error shape of Adobe's edge gateway and of the Firefly API: `{error_code, message}`. */
export const adobeError = (
  status: number,
  errorCode: string,
  message: string,
  headers: Record<string, string> = {},
): Answer => json(status, { error_code: errorCode, message }, headers);

/** 405 with the methods that the path does have. */
export const methodNotAllowed = (allowed: string): Answer =>
  adobeError(405, 'method_not_allowed', 'Method Not Allowed', { allow: allowed });

/** `Retry-After` in either of HTTP's two formats; seconds are rounded up. */
export const retryAfter = (format: 'seconds' | 'http-date', now: number, retryAt: number): string => {
  const seconds = Math.max(0, Math.ceil((retryAt - now) / 1000));
  return format === 'seconds' ? String(seconds) : new Date(Math.ceil(retryAt / 1000) * 1000).toUTCString();
};
