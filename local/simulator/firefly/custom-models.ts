import * as z from 'zod';
import { type Answer, json } from '../http/answer.ts';
import type { ReceivedRequest } from '../http/request.ts';
import type { SimulatorSettings } from '../settings.ts';

const states = ['ready', 'published', 'unpublished', 'queued', 'training', 'failed', 'cancelled'] as const;

const query = z
  .object({
    sortBy: z.enum(['assetName', 'createdDate', 'modifiedDate', '-assetName', '-createdDate', '-modifiedDate']),
    start: z.coerce.number().int().nonnegative(),
    limit: z.coerce.number().int().min(1).max(50),
    publishedState: z.enum(['all', ...states]),
  })
  .partial()
  .refine(({ start, limit }) => limit === undefined || start !== undefined, 'start is required with limit');

const model = (index: number) => ({
  assetId: `urn:aaid:sc:US:5f6c2d1e-0000-4000-8000-00000000000${index}`,
  displayName: `Simulated model ${index}`,
  assetName: `simulated-model-${index}`,
  version: '1',
  size: 1_000_000 * (index + 1),
  etag: `"${index}"`,
  trainingMode: index % 2 === 0 ? 'subject' : 'style',
  mediaType: 'application/vnd.adobe.firefly.custom-model',
  createdAt: Date.UTC(2026, 0, 1 + index),
  modifiedAt: Date.UTC(2026, 1, 10 - index),
  publishedState: index < 5 ? 'published' : (states[index % states.length] ?? 'ready'),
  baseModel: { name: 'Firefly Image 4', version: '4' },
  samplePrompt: 'a product on a table',
  conceptId: `concept${index}`,
});

const models = Array.from({ length: 8 }, (_, index) => model(index));

const keys = {
  assetName: ({ assetName }: (typeof models)[number]) => assetName,
  createdDate: ({ createdAt }: (typeof models)[number]) => createdAt,
  modifiedDate: ({ modifiedAt }: (typeof models)[number]) => modifiedAt,
};

const failure = (status: number, reason: string, message: string): Answer => json(status, { reason, message });

/** Plays `GET /v3/custom-models`, whose errors have a shape of their own. */
export const listCustomModels = (request: ReceivedRequest, { customModelDates }: SimulatorSettings): Answer => {
  if (request.headers['x-request-id'] === undefined) {
    return failure(400, 'bad_request', 'The header x-request-id is required');
  }
  const parsed = query.safeParse(Object.fromEntries(request.query));
  if (!parsed.success) return failure(400, 'bad_request', z.prettifyError(parsed.error));
  const { sortBy = 'modifiedDate', start = 0, limit = 50, publishedState = 'published' } = parsed.data;
  const key = keys[sortBy.replace('-', '') as keyof typeof keys];
  const direction = sortBy.startsWith('-') ? -1 : 1;
  const found = models
    .filter((each) => publishedState === 'all' || each.publishedState === publishedState)
    .sort((a, b) => direction * (key(a) < key(b) ? -1 : 1));
  const date = (ms: number) => (customModelDates === 'epoch' ? ms : new Date(ms).toISOString());
  const next = start + limit;
  return json(200, {
    custom_models: found.slice(start, next).map(({ createdAt, modifiedAt, ...rest }) => ({
      ...rest,
      createdDate: date(createdAt),
      modifiedDate: date(modifiedAt),
    })),
    _links: next < found.length ? { next: { href: `/v3/custom-models?start=${next}&limit=${limit}` } } : {},
    total_count: found.length,
  });
};
