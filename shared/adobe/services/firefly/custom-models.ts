import * as z from 'zod';
import type { CallAdobe } from '../../http/call.ts';
import { parseJson } from '../../http/client.ts';
import type { AdobeError } from '../../http/errors.ts';

const sortKeys = ['assetName', 'createdDate', 'modifiedDate'] as const;

/** The query of Adobe's list of custom models (Adobe: `GET /v3/custom-models`); nothing else is passed on. */
export const customModelsQuery = z.object({
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
  | { kind: 'refused'; error: AdobeError }
  | { kind: 'unavailable'; retryAfterMs?: number }
  | { kind: 'no_token' };

const listBody = z.looseObject({ custom_models: z.array(z.looseObject({})) });

const timeoutMs = 15_000;

/** Asks Adobe once for the custom models that the credential may use. */
export const listCustomModels = async (
  options: { baseUrl: string; query: CustomModelsQuery; requestId: string },
  call: CallAdobe,
): Promise<CustomModelsOutcome> => {
  const url = new URL('/v3/custom-models', options.baseUrl);
  const { limit, start = limit === undefined ? undefined : 0, ...rest } = options.query;
  for (const [name, value] of Object.entries({ ...rest, start, limit })) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const outcome = await call({
    method: 'GET',
    url: url.href,
    headers: { 'x-request-id': options.requestId },
    timeoutMs,
  });
  switch (outcome.kind) {
    case 'answered': {
      const list = listBody.safeParse(parseJson(outcome.body));
      return list.success ? { kind: 'listed', body: list.data } : { kind: 'unavailable' };
    }
    case 'refused':
      return { kind: 'refused', error: outcome.error };
    case 'no_token':
      return outcome;
    case 'unavailable':
      return { kind: 'unavailable', retryAfterMs: outcome.retryAfterMs };
    default:
      return { kind: 'unavailable' };
  }
};
