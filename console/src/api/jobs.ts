import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type * as z from 'zod';
import type { jobRecord, jobSummary } from '#functions/api/jobs/view.ts';
import { callApi } from './client.ts';

/** A job as the wall shows it. */
export type JobSummary = z.output<typeof jobSummary>;

/** A job in full. */
export type JobRecord = z.output<typeof jobRecord>;

/** One page of jobs. */
export interface JobsPage {
  jobs: JobSummary[];
  cursor?: string;
}

/** Jobs, newest first, page by page. */
export const useJobs = (filters: Readonly<Record<string, string>>) =>
  useInfiniteQuery({
    queryKey: ['jobs', filters],
    queryFn: ({ pageParam, signal }) =>
      callApi<JobsPage>('/jobs', { query: { ...filters, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
  });

/** One job. */
export const useJob = (jobId: string) =>
  useQuery({ queryKey: ['job', jobId], queryFn: ({ signal }) => callApi<JobRecord>(`/jobs/${jobId}`, { signal }) });
