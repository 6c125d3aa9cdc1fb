import type * as z from 'zod';
import type { CallAdobe } from '../http/call.ts';
import { parseJson } from '../http/client.ts';
import type { AdobeError } from '../http/errors.ts';

/** A list that a service gives at once, such as of its voices: callers get it from the gateway under the same path. */
export interface ListDefinition {
  path: `/${string}`;
  /** One line for the description of the API. */
  title: string;
  /** How long a process of the gateway may give the same answer, in seconds. */
  cacheSeconds: number;
  /** The parameters, as texts; no others are passed on. None if absent. */
  query?(): z.ZodObject;
  /** What Adobe needs besides the parameters that were given. */
  completeQuery?(query: ListQuery): ListQuery;
  /** Adobe's answer; another one counts as none. */
  body(): z.ZodObject;
  /** What requests can name of it, for forms in which that is chosen. */
  choices?: ListChoices;
  /** What an error says by Adobe's name for it in this list, besides `error_code`. */
  describeError?(code: string): { reason: string };
}

/** How a list is read as something to choose from, by names of its fields. */
export interface ListChoices {
  /** The field with the items. */
  items: string;
  /** What a request names an item by. */
  value: string;
  /** What people call it. */
  label: string;
}

/** Marks a text of a request as one that stands in a list. */
export const listedIn = <Schema extends z.ZodType>({ path, choices }: ListDefinition, schema: Schema): Schema =>
  schema.meta({ 'x-listed-in': { path, ...choices } });

/** Parameters of a list, by their names. */
export type ListQuery = Readonly<Record<string, string | undefined>>;

/** What asking for a list led to. */
export type ListOutcome =
  | { kind: 'listed'; body: Record<string, unknown> }
  | { kind: 'refused'; error: AdobeError }
  | { kind: 'unavailable'; retryAfterMs?: number }
  | { kind: 'no_token' };

/**
 * The parameters that a list knows, as they were given.
 *
 * @throws {z.ZodError} if one of them is wrong
 */
export const pickQuery = ({ query: schema }: Pick<ListDefinition, 'query'>, given: ListQuery): ListQuery =>
  Object.fromEntries(Object.keys(schema?.().parse(given) ?? {}).map((name) => [name, given[name]]));

const timeoutMs = 15_000;

/** Asks Adobe for a list, once. */
export const readList = async (
  { path, body: schema, completeQuery = (query) => query }: ListDefinition,
  { baseUrl, query, requestId }: { baseUrl: string; query: ListQuery; requestId: string },
  call: CallAdobe,
): Promise<ListOutcome> => {
  const url = new URL(path, baseUrl);
  for (const [name, value] of Object.entries(completeQuery(query))) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const outcome = await call({ method: 'GET', url: url.href, headers: { 'x-request-id': requestId }, timeoutMs });
  switch (outcome.kind) {
    case 'answered': {
      const list = schema().safeParse(parseJson(outcome.body));
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
