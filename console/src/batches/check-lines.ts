import { useQueries, useQuery } from '@tanstack/react-query';
import type * as z from 'zod';
import type { estimate } from '#functions/api/estimates/view.ts';
import { callApi } from '../api/client.ts';
import type { PreviewLine } from './preview-file.ts';

/** What the gateway says of a line before it is sent; undefined while it is asked, or where the page cannot ask. */
export type LineCheck = z.output<typeof estimate>;

/** The path of each operation by its name, as far as it matters here. */
interface DescribedPaths {
  paths: Readonly<Record<string, { post?: { 'x-gateway-operation'?: { name: string } } }>>;
}

/**
 * Has the gateway check lines as it would check them as requests; nothing is stored for it.
 *
 * @returns one for each line, in their order
 */
export const useLineChecks = (lines: readonly PreviewLine[]): (LineCheck | undefined)[] => {
  const paths = useQuery({
    queryKey: ['operation-paths'],
    queryFn: async ({ signal }) => readPaths(await callApi<DescribedPaths>('/openapi.json', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: lines.some(({ body }) => body !== undefined),
  });
  return useQueries({
    queries: lines.map(({ operation, body }) => {
      const path = paths.data?.get(operation);
      return {
        queryKey: ['line-check', operation, body],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          callApi<LineCheck>('/estimates', { method: 'POST', body: { path, body }, signal }),
        enabled: body !== undefined && path !== undefined,
        staleTime: Number.POSITIVE_INFINITY,
      };
    }),
  }).map(({ data }) => data);
};

const readPaths = ({ paths }: DescribedPaths): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(paths).flatMap(([path, { post }]) => {
      const name = post?.['x-gateway-operation']?.name;
      return name === undefined ? [] : [[name, path] as const];
    }),
  );

/** What a check found, in words. */
export const describeCheck = (line: PreviewLine, check: LineCheck | undefined): { text: string; isWrong: boolean } => {
  if (line.problem !== undefined) return { text: line.problem, isWrong: true };
  if (check === undefined) return { text: 'Readable', isWrong: false };
  const { problem, cost, outputs, warnings } = check;
  if (problem !== undefined) {
    const fields = (problem.validation_errors ?? []).map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg}`);
    return { text: fields.length > 0 ? fields.join('; ') : problem.message, isWrong: true };
  }
  const made = [
    outputs === undefined ? undefined : `${outputs} ${outputs === 1 ? 'output' : 'outputs'}`,
    cost === undefined ? undefined : `${cost.estimated} Operations`,
  ].filter((part) => part !== undefined);
  return { text: [`Good${made.length > 0 ? `: ${made.join(', ')}` : ''}`, ...warnings].join('. '), isWrong: false };
};
