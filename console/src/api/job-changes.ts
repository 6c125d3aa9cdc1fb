import { type InfiniteData, type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { fetchJobs, isFinished, type JobFilters, type JobSummary, type JobsPage, jobsKey } from './jobs.ts';

type Pages = InfiniteData<JobsPage, string | undefined>;

// While something is under way, and while nothing is: then only what others or other tabs begin can change the list.
const busyMs = 3_000;
const idleMs = 15_000;
const maxPages = 5;

/**
 * Keeps a list of jobs current: asks what has changed since the last time, puts new jobs first and changed ones in their place.
 * It rests while the tab is hidden.
 */
export const useJobChanges = (filters: JobFilters, jobs: readonly JobSummary[], options: { enabled: boolean }) => {
  const client = useQueryClient();
  const isBusy = jobs.some((job) => !isFinished(job));
  return useQuery({
    queryKey: ['job-changes', filters],
    queryFn: async ({ signal }) => {
      const pages = client.getQueryData<Pages>(jobsKey(filters));
      const since = pages?.pages[0]?.changedUntil;
      if (since === undefined) return null;
      const { changed, until } = await fetchChanges(filters, since, signal);
      if (until === undefined) await client.invalidateQueries({ queryKey: jobsKey(filters) });
      else applyChanges(client, filters, changed, until);
      return changed.length;
    },
    enabled: options.enabled,
    refetchInterval: isBusy ? busyMs : idleMs,
    staleTime: 0,
    gcTime: 0,
  });
};

const fetchChanges = async (filters: JobFilters, since: string, signal: AbortSignal) => {
  // A job that has left the state that is asked for must be heard of as well.
  const { status: _status, sort: _sort, from: _from, to: _to, ...asked } = filters;
  const changed: JobSummary[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await fetchJobs({ ...asked, changedSince: since, cursor }, signal);
    changed.push(...answer.jobs);
    if (answer.cursor === undefined) return { changed, until: answer.changedUntil ?? since };
    cursor = answer.cursor;
  }
  return { changed, until: undefined };
};

const applyChanges = (
  client: QueryClient,
  filters: JobFilters,
  changed: readonly JobSummary[],
  until: string,
): void => {
  client.setQueryData<Pages>(jobsKey(filters), (known) => known && mergeChanges(known, filters, changed, until));
  for (const { jobId } of changed) void client.invalidateQueries({ queryKey: ['job', jobId] });
};

/** The pages with what has changed: known jobs in their places, others where their time puts them. */
export const mergeChanges = (
  known: Pages,
  filters: JobFilters,
  changed: readonly JobSummary[],
  until: string,
): Pages => {
  const states = filters['status']?.split(',');
  const fits = ({ status }: JobSummary) => states === undefined || states.includes(status);
  const latest = new Map(changed.map((job) => [job.jobId, job]));
  const pages = known.pages.map((page) => ({
    ...page,
    jobs: page.jobs.flatMap((job) => {
      const change = latest.get(job.jobId);
      latest.delete(job.jobId);
      if (change === undefined) return [job];
      return fits(change) ? [change] : [];
    }),
  }));
  // A list of an earlier time takes in nothing new.
  const added = filters['to'] === undefined ? [...latest.values()].filter(fits) : [];
  for (const job of added) {
    const page = pages.find(
      ({ jobs, cursor }) => cursor === undefined || (jobs.at(-1)?.createdAt ?? '') < job.createdAt,
    );
    page?.jobs.push(job);
    page?.jobs.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }
  return { ...known, pages: pages.map((page, index) => (index === 0 ? { ...page, changedUntil: until } : page)) };
};
