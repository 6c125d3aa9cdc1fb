import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type * as z from 'zod';
import type { batchesPage } from '#functions/api/batches/view.ts';
import { callApi } from '../api/client.ts';
import { polling } from '../api/polling.ts';
import type { Batch } from './batch-types.ts';

type BatchesPage = z.output<ReturnType<typeof batchesPage>>;

/** Whether nothing of a batch will change by itself any more. */
export const isOver = ({ status }: Pick<Batch, 'status'>): boolean => status === 'finished' || status === 'refused';

/** The caller's batches, newest first, page by page; asked for again while one of them moves. */
export const useBatches = () =>
  useInfiniteQuery({
    queryKey: ['batches'],
    queryFn: ({ pageParam, signal }) => callApi<BatchesPage>('/batches', { query: { cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ batches }) => !batches.every(isOver)) ? polling.list : false,
  });

/** One batch; asked for again until it is over. */
export const useBatch = (batchId: string) =>
  useQuery({
    queryKey: ['batch', batchId],
    queryFn: ({ signal }) => callApi<Batch>(`/batches/${batchId}`, { signal }),
    refetchInterval: ({ state }) => (state.data === undefined || isOver(state.data) ? false : polling.moving),
  });

/** What is sent to be a new batch. */
export interface NewBatch {
  body: Blob;
  contentType: string;
  headers: Readonly<Record<string, string>>;
}

const useChange = <Input>(change: (input: Input) => Promise<Batch>) => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (batch) => {
      queries.setQueryData(['batch', batch.batchId], batch);
      return queries.invalidateQueries({ queryKey: ['batches'] });
    },
  });
};

/** Sends a file. */
export const useCreateBatch = () =>
  useChange(({ body, contentType, headers }: NewBatch) =>
    callApi<Batch>('/batches', { method: 'POST', body, headers: { ...headers, 'content-type': contentType } }),
  );

/** Ends what has not ended. */
export const useCancelBatch = () =>
  useChange((batchId: string) => callApi<Batch>(`/batches/${batchId}/cancel`, { method: 'PUT' }));

/** Runs what has failed again, as a new batch. */
export const useRetryBatch = () =>
  useChange((batchId: string) => callApi<Batch>(`/batches/${batchId}/retry`, { method: 'POST' }));

/** Has a batch erased that is over. */
export const useEraseBatch = () =>
  useChange((batchId: string) => callApi<Batch>(`/batches/${batchId}`, { method: 'DELETE' }));
