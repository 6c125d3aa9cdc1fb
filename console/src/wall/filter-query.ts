import type { JobFilters } from '../api/jobs.ts';

/** What the wall can be narrowed down by; the names are those of `GET /jobs`, so that an address can be sent to a colleague. */
export const filterNames = [
  'q',
  'operation',
  'status',
  'favourite',
  'model',
  'label',
  'batch',
  'seed',
  'from',
  'to',
] as const;

export type FilterName = (typeof filterNames)[number];

/** The filters of an address; what it has beside them does not matter. */
export const readFilters = (query: URLSearchParams): JobFilters =>
  Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = query.get(name)?.trim() ?? '';
      return value === '' ? [] : [[name, value]];
    }),
  );

/** The address without any filter. */
export const withoutFilters = (query: URLSearchParams): URLSearchParams => {
  const changed = new URLSearchParams(query);
  for (const name of filterNames) changed.delete(name);
  return changed;
};

/** The address with one filter set, or without it. */
export const withFilter = (query: URLSearchParams, name: FilterName, value: string): URLSearchParams => {
  const changed = new URLSearchParams(query);
  if (value === '') changed.delete(name);
  else changed.set(name, value);
  return changed;
};
