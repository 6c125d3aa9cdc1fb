import { useInfiniteQuery } from '@tanstack/react-query';
import type * as z from 'zod';
import type { batchLinesPage } from '#functions/api/batches/line-view.ts';
import { callApi } from '../api/client.ts';
import { polling } from '../api/polling.ts';
import { isOver } from './batch-api.ts';
import type { Batch } from './batch-types.ts';

/** States of lines that brought nothing. */
export const brokenStates = 'failed,timed_out,rejected';

/**
 * The lines of a batch, page by page; asked for again while the batch moves and no more than one page is open.
 *
 * @param status states with commas between; all if undefined
 * @param limit lines in a page
 */
export const useLines = (batch: Batch, status: string | undefined, limit: number) => {
  const { batchId } = batch;
  const over = isOver(batch);
  return useInfiniteQuery({
    // Asked for once more when the batch is over.
    queryKey: ['batch', batchId, 'lines', status, limit, over],
    queryFn: ({ pageParam, signal }) =>
      callApi<z.output<ReturnType<typeof batchLinesPage>>>(`/batches/${batchId}/lines`, {
        query: { status, limit, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => (over || (state.data?.pages.length ?? 0) > 1 ? false : polling.list),
  });
};
