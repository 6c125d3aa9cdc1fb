import * as z from 'zod';
import { type CustomModelsQuery, customModelsQuery } from '#shared/adobe/services/firefly/custom-models.ts';
import { fireflyLane } from '#shared/jobs/lanes/lane.ts';
import { toValidationErrors } from '#shared/requests/validation-errors.ts';
import type { ApiContext } from '../context.ts';
import { requireService } from '../http/credentials-guard.ts';
import { jsonResponse, ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import { createMemory } from '../remember.ts';
import { takeCall } from './call-rate.ts';
import { buildAdobeProblem } from './problem.ts';

/** Adobe's list of the custom models that the gateway's credential may use; remembered for a minute. */
export const customModelsRoute = (context: Pick<ApiContext, 'adobeCalls' | 'lanes' | 'table'>): Route => {
  const { adobeCalls, table } = context;
  const remember = createMemory<Record<string, unknown>>(table.clock, { maxAgeMs: 60_000, maxKept: 50 });
  return {
    method: 'GET',
    path: '/v3/custom-models',
    describe: {
      tag: 'Firefly',
      summary: 'Your custom models at Adobe',
      query: customModelsQuery,
      answers: {
        200: {
          description: "Adobe's list, at most a minute old",
          content: {
            'application/json': z.looseObject({
              custom_models: z.array(z.looseObject({ assetId: z.string() })),
              total_count: z.int().optional(),
              _links: z.looseObject({}).optional().meta({ description: 'To further pages' }),
            }),
          },
        },
      },
      errors: [403, 429, 502, 503, '4XX'],
    },
    handle: async (request) => {
      const caller = request.caller();
      requireService(context, fireflyLane);
      const query = readQuery(request);
      const body = await remember(JSON.stringify([caller, query]), async () => {
        await takeCall(table, caller);
        const outcome = await adobeCalls.listCustomModels({ query, requestId: request.id });
        // Errors of this call have the field `reason` at Adobe, where others have `error_code`.
        if (outcome.kind !== 'listed') throw buildAdobeProblem(outcome, ({ code }) => ({ reason: code }));
        return outcome.body;
      });
      return answer(body, request);
    },
  };
};

const readQuery = (request: ApiRequest): CustomModelsQuery => {
  const parsed = customModelsQuery.safeParse(request.query);
  if (parsed.success) return parsed.data;
  const validationErrors = toValidationErrors(parsed.error.issues, 'query');
  const sentence = validationErrors.map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg}`).join('; ');
  const extensions = { reason: 'bad_request' };
  throw new ProblemError(400, 'bad_request', `A query parameter is not valid: ${sentence}.`, {
    validationErrors,
    extensions,
  });
};

/** Adobe's links to further pages lead to Adobe, where the caller has no token: the gateway puts its own in their place. */
const answer = (body: Record<string, unknown>, { baseUrl }: ApiRequest) =>
  jsonResponse(200, { ...body, _links: toGatewayLinks(body['_links'], baseUrl) });

const toGatewayLinks = (value: unknown, baseUrl: string): unknown => {
  if (typeof value === 'string') {
    const url = URL.canParse(value, baseUrl) ? new URL(value, baseUrl) : undefined;
    return url?.pathname === '/v3/custom-models' ? `${baseUrl}${url.pathname}${url.search}` : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toGatewayLinks(inner, baseUrl)]));
};
