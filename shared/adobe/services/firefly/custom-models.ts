import * as z from 'zod';
import { once } from '../../../once.ts';
import type { ListDefinition } from '../list.ts';

const sortKeys = ['assetName', 'createdDate', 'modifiedDate'] as const;

/** Adobe: `GET /v3/custom-models`: the custom models that the credential may use. */
export const customModels: ListDefinition = {
  path: '/v3/custom-models',
  title: 'Your custom models at Adobe',
  choices: { items: 'custom_models', value: 'assetId', label: 'displayName' },
  cacheSeconds: 60,
  query: once(() =>
    z.object({
      sortBy: z
        .enum([...sortKeys, ...sortKeys.map((key) => `-${key}` as const)])
        .optional()
        .meta({ description: 'A minus reverses the order' }),
      start: z.coerce.number<string>().int().min(0).optional(),
      limit: z.coerce.number<string>().int().min(1).max(50).optional(),
      publishedState: z
        .enum(['all', 'ready', 'published', 'unpublished', 'queued', 'training', 'failed', 'cancelled'])
        .optional(),
    }),
  ),
  completeQuery: ({ limit, start = limit === undefined ? undefined : '0', ...rest }) => ({ ...rest, start, limit }),
  body: once(() =>
    z.looseObject({
      custom_models: z.array(z.looseObject({ assetId: z.string().optional() })),
      total_count: z.int().optional(),
      _links: z.looseObject({}).optional().meta({ description: 'To further pages' }),
    }),
  ),
  // Errors of this call have the field `reason` at Adobe, where others have `error_code`.
  describeError: (code) => ({ reason: code }),
};
