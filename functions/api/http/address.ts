import * as z from 'zod';
import { once } from '#shared/once.ts';
import { parameterProblem } from './pagination.ts';
import { emptyResponse, type HttpResponse, jsonResponse } from './problem.ts';
import type { ApiRequest } from './request.ts';
import type { RouteDescription } from './route-description.ts';

const formats = ['json'] as const;

/** How a call that leads to a file in S3 may be asked for its address. */
export const addressQuery = once(() =>
  z.object({
    format: z.enum(formats).optional().meta({
      description: '`json`, or `Accept: application/json`: the address in the body instead of a redirect',
    }),
  }),
);

/** What the description of the API says of a call that leads to a file in S3. */
export const describeAddress = (): Pick<RouteDescription, 'query' | 'answers'> => ({
  query: addressQuery,
  answers: {
    302: { description: 'To the file', headers: { location: 'A presigned URL' } },
    200: { description: 'Where the file is, as JSON', content: { 'application/json': address } },
  },
});

const address = once(() =>
  z
    .object({ url: z.url().meta({ description: 'A presigned URL: to be called without an Authorization header' }) })
    .meta({ id: 'Address' }),
);

/**
 * Leads to a file by a redirect, or by its address for clients that ask for JSON. S3 refuses a presigned URL together with an
 * `Authorization` header, and some clients send theirs along when they follow a redirect.
 *
 * @param presign makes the URL, once it is known that the request is valid
 * @throws {ProblemError} 400 for an unknown format
 */
export const leadTo = async (request: ApiRequest, presign: () => Promise<string>): Promise<HttpResponse> => {
  const { format } = request.query;
  if (format !== undefined && !formats.some((name) => name === format)) {
    throw parameterProblem('format', `is not ${formats.join(' or ')}`);
  }
  const url = await presign();
  if (format === undefined && !wantsJson(request.header('accept'))) return emptyResponse(302, { location: url });
  const body: z.output<ReturnType<typeof address>> = { url };
  return jsonResponse(200, body);
};

/** Whether a client takes nothing but JSON: many name it beside other types by default, and want the file. */
const wantsJson = (accept = ''): boolean => {
  const ranges = accept.split(',').map((range) => range.split(';')[0]?.trim().toLowerCase());
  return ranges.every((range) => range === 'application/json');
};
