import { useParams } from 'react-router';
import { useJob } from '../api/jobs.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';

/** One job: its pictures and everything about it. */
export const Component = () => {
  const { jobId = '' } = useParams();
  const { data: job, error, refetch } = useJob(jobId);
  return (
    <section>
      <h1>Picture</h1>
      {error && <ProblemNotice title="The picture cannot be shown" error={error} onRetry={() => refetch()} />}
      {job && (
        <p>
          {job.operation}, {job.status}
        </p>
      )}
    </section>
  );
};
