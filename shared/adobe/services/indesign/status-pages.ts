import * as z from 'zod';

/** Adobe: 10 outputs a page unless the query says otherwise; no largest size is documented, 100 is what it was seen to take. */
const defaultPageSize = 10;

const pagedStatus = z.object({
  outputs: z.array(z.unknown()).catch([]),
  paging: z
    .looseObject({ nextUrl: z.url().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

const readNumber = (query: URLSearchParams, name: string, otherwise: number): number => {
  const value = query.get(name);
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) : otherwise;
};

/**
 * The next page of a status body (Adobe: `paging.nextUrl`). Its query is what counts: Adobe's own example names another host
 * than the one that has the job. A body that says nothing of pages has another one if it holds as many outputs as fit on one.
 *
 * @param statusUrl of the body
 */
export const findNextPage = (body: unknown, statusUrl: string): string | undefined => {
  const status = pagedStatus.safeParse(body).data;
  if (status === undefined) return undefined;
  const url = new URL(statusUrl);
  const size = readNumber(url.searchParams, 'size', defaultPageSize);
  const page = readNumber(url.searchParams, 'page', 0);
  const { outputs, paging } = status;
  if (paging === undefined ? outputs.length !== size : paging.nextUrl === undefined) return undefined;
  const next = paging?.nextUrl === undefined ? new URLSearchParams() : new URL(paging.nextUrl).searchParams;
  url.searchParams.set('size', String(readNumber(next, 'size', size)));
  url.searchParams.set('page', String(Math.max(page + 1, readNumber(next, 'page', page + 1))));
  return url.href;
};
