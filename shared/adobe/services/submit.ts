import * as z from 'zod';
import type { AccessToken } from '../auth/access-token.ts';
import { callAdobe, NoAnswerError } from '../http/client.ts';
import { type AdobeError, isTokenRefused, readAdobeError } from '../http/errors.ts';
import { parseJson } from '../http/json.ts';
import { readRetryAfter } from '../http/retry-after.ts';
import type { Answer } from '../http/send-once.ts';

/** Adobe's acceptance of a job; URLs are to be called verbatim, their host varies (Adobe: shard hosts). */
export interface AcceptedJob {
  jobId?: string;
  statusUrl: string;
  cancelUrl?: string;
}

/** What a submit led to. `unknown`: Adobe may have taken (and billed) the job, but its answer was lost. */
export type SubmitOutcome =
  | { kind: 'accepted'; job: AcceptedJob }
  | { kind: 'token_refused'; error: AdobeError }
  | { kind: 'rate_limited'; retryAfterMs: number | undefined; error: AdobeError }
  | { kind: 'quota_exhausted'; error: AdobeError }
  | { kind: 'try_again'; error: AdobeError }
  | { kind: 'rejected'; error: AdobeError }
  | { kind: 'not_sent'; reason: string }
  | { kind: 'unknown'; reason: string; status?: number };

const optionalField = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);

// The job is billed by now: nothing but a missing status URL may keep it from being followed.
const jobAnswer = z.object({
  jobId: optionalField(z.string()),
  statusUrl: z.url(),
  cancelUrl: optionalField(z.url()),
});

// Adobe documents an object with an href; bare strings have been met as well.
const link = z.union([z.url(), z.object({ href: z.url() }).transform(({ href }) => href)]);

const linksAnswer = z
  .object({ links: z.object({ result: link, cancel: optionalField(link) }) })
  .transform(({ links }): AcceptedJob => ({ statusUrl: links.result, cancelUrl: links.cancel }));

/** Adobe's two families of answers: with a job id and URLs, and with links only. */
const acceptedBody = z.union([jobAnswer, linksAnswer]);

/** Adobe's answers of 500 and the like come within seconds; after this time the answer counts as lost. */
const submitTimeoutMs = 60_000;

/**
 * Sends a generation request to Adobe, once.
 *
 * @param request.body JSON text of Adobe's request body
 * @param request.requestId trace id, sent as `x-request-id`
 * @param timeoutMs after which the answer counts as lost
 */
export const submit = async (
  request: { url: string; body: string; modelVersion?: string; requestId: string },
  token: AccessToken,
  nowMs: () => number,
  timeoutMs: number = submitTimeoutMs,
): Promise<SubmitOutcome> => {
  let answer: Answer;
  try {
    answer = await callAdobe({
      method: 'POST',
      url: request.url,
      token,
      body: request.body,
      headers: {
        'x-request-id': request.requestId,
        ...(request.modelVersion === undefined ? {} : { 'x-model-version': request.modelVersion }),
      },
      timeoutMs,
    });
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    return error.sent ? { kind: 'unknown', reason: error.message } : { kind: 'not_sent', reason: error.message };
  }
  return classify(answer, nowMs());
};

const classify = ({ status, headers, body }: Answer, nowMs: number): SubmitOutcome => {
  if (status >= 200 && status < 300) {
    const accepted = acceptedBody.safeParse(parseJson(body));
    return accepted.success
      ? { kind: 'accepted', job: accepted.data }
      : { kind: 'unknown', reason: 'Adobe accepted the request with an answer that names no status URL.', status };
  }
  const accessError = headers.get('x-access-error');
  const error = readAdobeError(status, body, accessError);
  if (isTokenRefused(error)) return { kind: 'token_refused', error };
  if (status === 429) {
    return { kind: 'rate_limited', retryAfterMs: readRetryAfter(headers.get('retry-after'), nowMs), error };
  }
  if (status === 403 && (accessError === 'quota_exhausted' || error.code === 'quota_exhausted')) {
    return { kind: 'quota_exhausted', error };
  }
  // A 500 without Adobe's error_code comes from something in between, which may have passed the request on.
  if (status === 408 || status === 503 || (status === 500 && error.isAdobes)) return { kind: 'try_again', error };
  // 501 is documented for Image5: what is not implemented has made nothing.
  if ((status >= 400 && status < 500) || status === 501) return { kind: 'rejected', error };
  return { kind: 'unknown', reason: `Adobe answered with HTTP status ${status}.`, status };
};
