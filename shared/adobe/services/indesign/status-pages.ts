import * as z from 'zod';
import { once } from '../../../once.ts';
import { asList } from '../body-fields.ts';

/** Adobe: 10 outputs a page unless the query says otherwise. */
const defaultPageSize = 10;
/** Adobe names no largest one. */
const pageSize = 100;

const pagedStatus = once(() =>
  z.object({
    outputs: z.array(z.unknown()).catch([]),
    paging: z
      .looseObject({ nextUrl: z.url().optional().catch(undefined) })
      .optional()
      .catch(undefined),
  }),
);

/** A number of a query; the other one where it is none. */
const readNumber = (text: string | null | undefined, otherwise: number): number =>
  typeof text === 'string' && /^\d{1,6}$/.test(text) ? Number(text) : otherwise;

/**
 * The next page of a status body (Adobe: `paging.nextUrl`). Only the query of that counts: Adobe's own example names another host
 * than the one that has the job. A body that says nothing of pages has another one if it holds as many outputs as fit on one. Behind
 * the first page, which Adobe keeps short, reading begins again with longer ones.
 *
 * @param statusUrl of the body
 */
export const findNextPage = (body: unknown, statusUrl: string): string | undefined => {
  const status = pagedStatus().safeParse(body).data;
  if (status === undefined) return undefined;
  const { outputs, paging } = status;
  const url = new URL(statusUrl);
  const { searchParams: query } = url;
  const size = readNumber(query.get('size'), defaultPageSize);
  const page = readNumber(query.get('page'), 0);
  if (paging === undefined ? outputs.length !== size : paging.nextUrl === undefined) return undefined;
  const next = new URL(paging?.nextUrl ?? statusUrl).searchParams;
  const isShort = !query.has('size');
  query.set('size', String(isShort ? pageSize : readNumber(next.get('size'), size)));
  query.set('page', String(isShort ? 0 : Math.max(page + 1, readNumber(next.get('page'), page + 1))));
  return url.href;
};

/**
 * The page of a result that a query asks for, as Adobe answers it; all of the result without one.
 *
 * @param statusUrl without a query
 */
export const cutPage = (
  result: Readonly<Record<string, unknown>> = {},
  query: Readonly<Record<string, string | undefined>> = {},
  statusUrl: string,
): Record<string, unknown> => {
  if (query['size'] === undefined && query['page'] === undefined) return { ...result };
  const size = Math.max(1, readNumber(query['size'], defaultPageSize));
  const page = readNumber(query['page'], 0);
  const outputs = asList(result['outputs']);
  const toUrl = (number: number) => `${statusUrl}?size=${size}&page=${number}`;
  const paging = {
    prevUrl: page > 0 ? toUrl(page - 1) : undefined,
    nextUrl: (page + 1) * size < outputs.length ? toUrl(page + 1) : undefined,
  };
  return {
    ...result,
    outputs: outputs.slice(page * size, (page + 1) * size),
    paging: outputs.length > size ? paging : undefined,
  };
};
