import { useQueries } from '@tanstack/react-query';
import type * as z from 'zod';
import type { estimate } from '#functions/api/estimates/view.ts';
import { callApi } from '../api/client.ts';
import { useOperations } from '../make/use-operations.ts';
import type { PreviewLine } from './preview-file.ts';
import { buildTableBody } from './table-body.ts';

/** What the gateway says of a line before it is sent; undefined while it is asked, or where the page cannot ask. */
export type LineCheck = z.output<ReturnType<typeof estimate>>;

/**
 * Has the gateway check lines as it would check them as requests; nothing is stored for it.
 *
 * @returns one for each line, in their order
 */
export const useLineChecks = (lines: readonly PreviewLine[]): (LineCheck | undefined)[] => {
  const operations = useOperations();
  return useQueries({
    queries: lines.map(({ line, operation: name, body, cells }) => {
      const operation = operations.data?.find((each) => each.name === name);
      const request = {
        path: operation?.path,
        body: cells === undefined || operation === undefined ? body : buildTableBody(cells, operation.body),
      };
      return {
        queryKey: ['line-check', line, request],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          callApi<LineCheck>('/estimates', { method: 'POST', body: request, signal }),
        enabled: request.path !== undefined && request.body !== undefined,
        staleTime: Number.POSITIVE_INFINITY,
      };
    }),
  }).map(({ data }) => data);
};

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
