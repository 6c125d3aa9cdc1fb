import type { CallAdobe } from '../http/call.ts';
import { parseJson } from '../http/client.ts';
import { asFields } from './body-fields.ts';
import type { ServiceDialect } from './service.ts';

/** Reads the status body at a URL. */
export type GetStatus = (url: string) => ReturnType<CallAdobe>;

// More outputs than a job's record and job.json keep, even where a page holds a few only.
const maxPages = 100;

/**
 * Reads the pages that follow the first one of a status body, and joins the lists at their top.
 *
 * @returns undefined if one of them cannot be read: half of the outputs are none
 */
export const readPages = async (
  first: unknown,
  statusUrl: string,
  { nextPage }: Pick<ServiceDialect, 'nextPage'>,
  get: GetStatus,
): Promise<unknown> => {
  if (nextPage === undefined) return first;
  let joined = first;
  let url = nextPage(first, statusUrl);
  for (let pages = 1; url !== undefined && pages < maxPages; pages += 1) {
    const outcome = await get(url);
    const page = outcome.kind === 'answered' ? parseJson(outcome.body) : undefined;
    if (page === undefined) return undefined;
    joined = join(joined, page);
    url = nextPage(page, url);
  }
  return joined;
};

const join = (joined: unknown, page: unknown): Record<string, unknown> => {
  const result: Record<string, unknown> = { ...asFields(joined) };
  for (const [name, member] of Object.entries(asFields(page))) {
    const known = result[name];
    if (Array.isArray(member) && Array.isArray(known)) result[name] = [...known, ...member];
  }
  return result;
};
