import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type * as z from 'zod';
import type { jobsPage } from '#functions/api/jobs/list.ts';
import type { jobRecord, jobSummary } from '#functions/api/jobs/view.ts';
import { callApi } from './client.ts';

/** A job as the wall shows it. */
export type JobSummary = z.output<ReturnType<typeof jobSummary>>;

/** One of its outputs. */
export type JobOutput = JobSummary['outputs'][number];

/** A job in full. */
export type JobRecord = z.output<ReturnType<typeof jobRecord>>;

/** One page of jobs. */
export type JobsPage = z.output<ReturnType<typeof jobsPage>>;

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

const renewBeforeMs = 300_000;
const minRenewMs = 60_000;

/**
 * In how many ms an address is to be asked for anew: some minutes before its signature expires (AWS Signature Version 4, query
 * parameters `X-Amz-Date` and `X-Amz-Expires`).
 *
 * @returns false for one that is not signed
 */
export const untilRenewal = (url: string, now: number = Date.now()): number | false => {
  const { searchParams } = new URL(url);
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(searchParams.get('X-Amz-Date') ?? '') ?? [];
  const [year = 0, month = 0, day, hour, minute, second] = parts.map(Number);
  const seconds = Number(searchParams.get('X-Amz-Expires') ?? Number.NaN);
  const expiresAt = Date.UTC(year, month - 1, day, hour, minute, second) + seconds * 1_000;
  return Number.isNaN(expiresAt) || parts.length === 0 ? false : Math.max(minRenewMs, expiresAt - renewBeforeMs - now);
};

/** One job, asked for again while it is under way and the page can be seen, and before the addresses in it expire. */
export const useJob = (jobId: string, options: { enabled?: boolean; everyMs?: number } = {}) =>
  useQuery({
    queryKey: ['job', jobId],
    queryFn: ({ signal }) =>
      callApi<JobRecord>(`/jobs/${encodeURIComponent(jobId)}`, { query: { thumbnails: thumbnailWidth }, signal }),
    refetchInterval: ({ state }) =>
      state.data === undefined
        ? false
        : isFinished(state.data)
          ? untilRenewal(state.data.outputs[0]?.thumbnail ?? 'about:blank')
          : (options.everyMs ?? followMs),
    enabled: options.enabled,
  });

/** The address of an output, asked for anew before it expires: it is signed for an hour or less. */
export const useOutputUrl = (jobId: string, index: number, options: { enabled: boolean }) =>
  useQuery({
    queryKey: ['output', jobId, index],
    queryFn: ({ signal }) => callApi<{ url: string }>(`/jobs/${jobId}/outputs/${index}`, { signal }),
    staleTime: 600_000,
    refetchInterval: ({ state }) => (state.data === undefined ? false : untilRenewal(state.data.url)),
    refetchOnWindowFocus: true,
    enabled: options.enabled,
  });
