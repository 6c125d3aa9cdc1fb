import * as z from 'zod';
import { type ListDefinition, type ListQuery, pickQuery } from '#shared/adobe/services/list.ts';
import type { AdobeService } from '#shared/adobe/services/service.ts';
import { toValidationErrors } from '#shared/requests/validation-errors.ts';
import type { ApiContext } from '../context.ts';
import { jsonResponse, ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import { createMemory } from '../remember.ts';
import { takeCall } from './call-rate.ts';
import { buildAdobeProblem } from './problem.ts';

interface KnownList {
  body: Record<string, unknown>;
  /** Epoch ms. */
  readAt: number;
}

/** The lists of a service, as the gateway's credential sees them; a process gives the same answer for a while. */
export const listRoutes = (context: Pick<ApiContext, 'adobeCalls' | 'table'>, service: AdobeService): Route[] =>
  (service.lists ?? []).map((list) => passedOnList(context, service, list));

const passedOnList = (
  context: Pick<ApiContext, 'adobeCalls' | 'table'>,
  { id, title }: AdobeService,
  list: ListDefinition,
): Route => {
  const { adobeCalls, table } = context;
  const remember = createMemory<KnownList>(table.clock, { maxAgeMs: list.cacheSeconds * 1_000, maxKept: 50 });
  return {
    method: 'GET',
    path: list.path,
    describe: {
      tag: title,
      summary: list.title,
      query: list.query,
      answers: {
        200: {
          description: `Adobe's list, at most ${list.cacheSeconds} s old`,
          content: { 'application/json': list.body },
          headers: { age: 'How old it is, in seconds' },
        },
      },
      errors: [...(list.query === undefined ? [] : [400]), 403, 429, 502, 503, '4XX'],
    },
    handle: async (request) => {
      const caller = request.caller();
      const query = readQuery(request, list);
      const { body, readAt } = await remember(JSON.stringify(query), async () => {
        await takeCall(table, caller);
        const outcome = await adobeCalls.readList({ service: id, path: list.path, query, requestId: request.id });
        if (outcome.kind !== 'listed') throw buildAdobeProblem(outcome, list.describeError);
        return { body: outcome.body, readAt: table.clock.now() };
      });
      const age = Math.floor((table.clock.now() - readAt) / 1_000);
      return jsonResponse(200, toGatewayLinks(body, list.path, request.baseUrl), { age: String(age) });
    },
  };
};

const readQuery = ({ query }: ApiRequest, list: ListDefinition): ListQuery => {
  try {
    return pickQuery(list, query);
  } catch (error) {
    if (error instanceof z.ZodError) throw buildQueryProblem(error, list.describeError);
    throw error;
  }
};

const buildQueryProblem = ({ issues }: z.ZodError, describeError: ListDefinition['describeError']): ProblemError => {
  const validationErrors = toValidationErrors(issues, 'query');
  const sentence = validationErrors.map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg}`).join('; ');
  return new ProblemError(400, 'bad_request', `A query parameter is not valid: ${sentence}.`, {
    validationErrors,
    extensions: describeError?.('bad_request'),
  });
};

/** Adobe's links to further pages of a list lead to Adobe, where the caller has no token: the gateway puts its own in their place. */
const toGatewayLinks = (value: unknown, path: string, baseUrl: string): unknown => {
  if (typeof value === 'string') {
    const url = URL.canParse(value, baseUrl) ? new URL(value, baseUrl) : undefined;
    return url?.pathname === path ? `${baseUrl}${url.pathname}${url.search}` : value;
  }
  if (Array.isArray(value)) return value.map((item) => toGatewayLinks(item, path, baseUrl));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toGatewayLinks(inner, path, baseUrl)]));
};
