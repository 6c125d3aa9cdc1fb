import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type * as z from 'zod';
import type { jobsPage } from '#functions/api/jobs/list.ts';
import type { jobRecord, jobSummary } from '#functions/api/jobs/view.ts';
import { callApi } from './client.ts';

/** A job as the wall shows it. */
export type JobSummary = z.output<typeof jobSummary>;

/** One of its outputs. */
export type JobOutput = JobSummary['outputs'][number];

/** A job in full. */
export type JobRecord = z.output<typeof jobRecord>;

/** One page of jobs. */
export type JobsPage = z.output<typeof jobsPage>;

/** What a list of jobs is narrowed down by, in the words of `GET /jobs`. */
export type JobFilters = Readonly<Record<string, string>>;

/** How wide thumbnails are asked for, in pixels: sharp on a dense screen at the height of a row. */
export const thumbnailWidth = 512;

const pageSize = 60;

/** Names the cached list of jobs with these filters. */
export const jobsKey = (filters: JobFilters) => ['jobs', filters] as const;

/** Asks for jobs with their thumbnails. */
export const fetchJobs = (query: Readonly<Record<string, string | undefined>>, signal?: AbortSignal) =>
  callApi<JobsPage>('/jobs', { query: { thumbnails: thumbnailWidth, limit: pageSize, ...query }, signal });

/** Jobs, newest first, page by page. */
export const useJobs = (filters: JobFilters) =>
  useInfiniteQuery({
    queryKey: jobsKey(filters),
    queryFn: ({ pageParam, signal }) => fetchJobs({ ...filters, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
    // The list is kept current by what has changed; asking for all of its pages again would cost the more the further it was scrolled.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 600_000,
  });

const finished: readonly JobSummary['status'][] = [
  'succeeded',
  'partially_succeeded',
  'failed',
  'cancelled',
  'timed_out',
];

/** Whether nothing more will happen to a job. */
export const isFinished = ({ status }: Pick<JobSummary, 'status'>): boolean => finished.includes(status);

const followMs = 3_000;

/** One job, asked for again while it is under way and the page can be seen. */
export const useJob = (jobId: string, options: { enabled?: boolean; everyMs?: number } = {}) =>
  useQuery({
    queryKey: ['job', jobId],
    queryFn: ({ signal }) =>
      callApi<JobRecord>(`/jobs/${encodeURIComponent(jobId)}`, { query: { thumbnails: thumbnailWidth }, signal }),
    refetchInterval: ({ state }) =>
      state.data === undefined || isFinished(state.data) ? false : (options.everyMs ?? followMs),
    enabled: options.enabled,
  });

/** The address of an output at this moment; it is signed for an hour at most. */
export const useOutputUrl = (jobId: string, index: number, options: { enabled: boolean }) =>
  useQuery({
    queryKey: ['output', jobId, index],
    queryFn: ({ signal }) => callApi<{ url: string }>(`/jobs/${jobId}/outputs/${index}`, { signal }),
    staleTime: 600_000,
    enabled: options.enabled,
  });
