import { Link } from 'react-router';
import { useJobs } from '../api/jobs.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';

/** Everything that was made, newest first. */
export const Component = () => {
  const { data, error, refetch } = useJobs({});
  const jobs = (data?.pages ?? []).flatMap((page) => page.jobs);
  return (
    <section>
      <h1>Wall</h1>
      {error && <ProblemNotice title="The pictures cannot be listed" error={error} onRetry={() => refetch()} />}
      <ul>
        {jobs.map((job) => (
          <li key={job.jobId}>
            <Link to={`/jobs/${job.jobId}`}>
              {job.operation}, {job.status}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
};
