import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type * as z from 'zod';
import type { healthDetails } from '#functions/api/health/view.ts';
import type { queueCallers } from '#functions/api/queue/interventions.ts';
import type { queueState } from '#functions/api/queue/view.ts';
import type { auditEntrySchema } from '#shared/audit/entry.ts';
import { callApi } from '../api/client.ts';
import { polling } from '../api/polling.ts';
import type { Usage } from './usage/series.ts';

/** Queues and quotas of all lanes. */
export type QueueState = z.output<ReturnType<typeof queueState>>;

/** One change in the audit trail. */
export type AuditEntry = z.output<ReturnType<typeof auditEntrySchema>>;

/** The state of the gateway in full. */
export type HealthDetails = z.output<ReturnType<typeof healthDetails>>;

/** What waits, and what holds it up. */
export const useQueue = () =>
  useQuery({
    queryKey: ['queue'],
    queryFn: ({ signal }) => callApi<QueueState>('/queue', { signal }),
    refetchInterval: polling.list,
  });

/** Whose jobs fill the queue. */
export const useQueueCallers = () =>
  useQuery({
    queryKey: ['queue', 'callers'],
    queryFn: ({ signal }) => callApi<z.output<ReturnType<typeof queueCallers>>>('/queue/callers', { signal }),
    refetchInterval: polling.health,
  });

const useQueueChange = <Input>(change: (input: Input) => Promise<QueueState>) => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (state) => {
      queries.setQueryData(['queue'], state);
      return queries.invalidateQueries({ queryKey: ['health'] });
    },
  });
};

/** Has nothing submitted until the queue is resumed. */
export const usePauseQueue = () =>
  useQueueChange((reason: string) =>
    callApi<QueueState>('/queue/pause', { method: 'PUT', body: reason === '' ? {} : { reason } }),
  );

/** Ends a pause. */
export const useResumeQueue = () =>
  useQueueChange((_: undefined) => callApi<QueueState>('/queue/resume', { method: 'PUT' }));

/** Changes, newest first, page by page. */
export const useAudit = (filters: Readonly<Record<string, string | undefined>>) =>
  useInfiniteQuery({
    queryKey: ['audit', filters],
    queryFn: ({ pageParam, signal }) =>
      callApi<{ entries: AuditEntry[]; cursor?: string }>('/audit', {
        query: { ...filters, limit: 50, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
  });

/** What the jobs of all callers cost. */
export const useUsage = (query: Readonly<Record<string, string | undefined>>) =>
  useQuery({
    queryKey: ['usage', query],
    queryFn: ({ signal }) => callApi<Usage>('/usage/callers', { query, signal }),
    placeholderData: (before) => before,
  });

/** The state of the gateway. */
export const useHealth = () =>
  useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => callApi<HealthDetails>('/health/details', { signal }),
    refetchInterval: polling.health,
  });
