import * as z from 'zod';
import type { AccessToken } from '../../auth/access-token.ts';
import { callAdobe, NoAnswerError } from '../../http/client.ts';
import { type AdobeError, isTokenRefused, readAdobeError } from '../../http/errors.ts';
import { parseJson } from '../../http/json.ts';
import { readRetryAfter } from '../../http/retry-after.ts';

const sortKeys = ['assetName', 'createdDate', 'modifiedDate'] as const;

/** The query of Adobe's list of custom models (Adobe: `GET /v3/custom-models`); what is not documented is passed on. */
export const customModelsQuery = z.looseObject({
  sortBy: z
    .enum([...sortKeys, ...sortKeys.map((key) => `-${key}` as const)])
    .optional()
    .meta({ description: 'A minus reverses the order' }),
  start: z.coerce.number<string>().int().min(0).optional(),
  limit: z.coerce.number<string>().int().min(1).max(50).optional(),
  publishedState: z
    .enum(['all', 'ready', 'published', 'unpublished', 'queued', 'training', 'failed', 'cancelled'])
    .optional(),
});

/** A valid query of the list. */
export type CustomModelsQuery = z.output<typeof customModelsQuery>;

/** What asking for the list led to. */
export type CustomModelsOutcome =
  | { kind: 'listed'; body: Record<string, unknown> }
  | { kind: 'token_refused' }
  | { kind: 'refused'; error: AdobeError }
  | { kind: 'unavailable'; retryAfterMs?: number };

const listBody = z.looseObject({ custom_models: z.array(z.looseObject({})) });

// The third shape of errors at Adobe.
const reasonBody = z.object({ reason: z.string(), message: z.string().optional() });

const timeoutMs = 15_000;

/** Asks Adobe once for the custom models that the credential may use. */
export const listCustomModels = async (
  options: { baseUrl: string; query: CustomModelsQuery; requestId: string },
  token: AccessToken,
  nowMs: () => number,
): Promise<CustomModelsOutcome> => {
  const url = new URL('/v3/custom-models', options.baseUrl);
  const { limit, start = limit === undefined ? undefined : 0, ...rest } = options.query;
  for (const [name, value] of Object.entries({ ...rest, start, limit })) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  try {
    const { status, headers, body } = await callAdobe({
      method: 'GET',
      url: url.href,
      token,
      headers: { 'x-request-id': options.requestId },
      timeoutMs,
    });
    const list = status === 200 ? listBody.safeParse(parseJson(body)) : undefined;
    if (list?.success) return { kind: 'listed', body: list.data };
    const error = withReason(readAdobeError(status, body), body);
    if (isTokenRefused(error)) return { kind: 'token_refused' };
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) return { kind: 'refused', error };
    const retryAfterMs = readRetryAfter(headers.get('retry-after'), nowMs());
    return { kind: 'unavailable', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  } catch (error) {
    if (error instanceof NoAnswerError) return { kind: 'unavailable' };
    throw error;
  }
};

const withReason = (error: AdobeError, body: string): AdobeError => {
  const parsed = reasonBody.safeParse(parseJson(body));
  if (!parsed.success) return error;
  return { ...error, code: parsed.data.reason, message: parsed.data.message ?? error.message };
};
