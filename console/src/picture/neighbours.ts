import { useQuery } from '@tanstack/react-query';
import { fetchJobs, type JobFilters, type JobRecord } from '../api/jobs.ts';

/**
 * The jobs before and after one in a list with these filters, newest first.
 *
 * @returns their ids; undefined at the ends of the list, and until they are known
 */
export const useNeighbours = (
  { jobId, createdAt }: Pick<JobRecord, 'jobId' | 'createdAt'>,
  filters: JobFilters,
): { newer: string | undefined; older: string | undefined } => {
  const { data } = useQuery({
    queryKey: ['neighbours', jobId, filters],
    queryFn: async ({ signal }) => {
      const { from: _from, to: _to, ...others } = filters;
      const after = new Date(Date.parse(createdAt) + 1).toISOString();
      const [newer, older] = await Promise.all([
        fetchJobs({ ...others, from: after, sort: 'oldest', limit: '1' }, signal),
        fetchJobs({ ...others, to: createdAt, limit: '1' }, signal),
      ]);
      return { newer: newer.jobs[0]?.jobId, older: older.jobs[0]?.jobId };
    },
    staleTime: 30_000,
  });
  return { newer: data?.newer, older: data?.older };
};
