import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { callApi } from '../../api/client.ts';
import { type JobRecord, useOutputUrl } from '../../api/jobs.ts';
import { remixAddress } from '../../ui/addresses.ts';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { showNumber, showTime, statusWords } from '../../ui/words.ts';
import { choosePollMs, type MadeJob } from './made-jobs.ts';

const pictureWidth = 512;
const maxAlternative = 300;

/** A job beside the form: what it waits for, and its pictures once they are there. */
export const MadeJobCard = ({ jobId, operation }: MadeJob) => {
  const {
    data: job,
    error,
    refetch,
  } = useQuery({
    queryKey: ['made-job', jobId],
    queryFn: ({ signal }) => callApi<JobRecord>(`/jobs/${jobId}`, { query: { thumbnails: pictureWidth }, signal }),
    refetchInterval: ({ state }) => choosePollMs(state.data, Date.now()),
    staleTime: 0,
  });
  const title = job?.prompt ?? operation;
  return (
    <article className="made" aria-label={`Job: ${title.slice(0, maxAlternative)}`}>
      {error && <ProblemNotice title="The job cannot be shown" error={error} onRetry={() => refetch()} />}
      <p className="made-state" role="status">
        {job ? describeState(job) : 'Sent'}
      </p>
      {job?.error && <p className="problem long-text">{job.error.message}</p>}
      {job?.warnings.map((warning) => (
        <p key={warning} className="hint long-text">
          {warning}
        </p>
      ))}
      <div className="made-pictures">
        {job?.outputs.map((output, index) => (
          <Link key={output.key} to={`/jobs/${jobId}`} className="made-picture">
            <MadePicture
              job={jobId}
              index={index}
              contentType={output.contentType}
              thumbnail={output.thumbnail}
              name={`${title.slice(0, maxAlternative)}, ${index + 1}`}
            />
          </Link>
        ))}
        {job && job.outputs.length === 0 && !job.finishedAt && <div className="made-placeholder" aria-hidden="true" />}
      </div>
      <p className="made-links">
        <Link to={`/jobs/${jobId}`}>Open</Link>
        <Link to={remixAddress(jobId)}>Remix</Link>
        {job && job.outputs.length > 0 && (
          <Link to={remixAddress(jobId, { withSeeds: true })}>Remix with its seeds</Link>
        )}
      </p>
    </article>
  );
};

/** An output in small; what has no thumbnail is fetched as it is if browsers show it, and is else named by its type. */
const MadePicture = (props: {
  job: string;
  index: number;
  contentType: string;
  thumbnail: string | undefined;
  name: string;
}) => {
  const { job, index, contentType, thumbnail, name } = props;
  const isShown = contentType.startsWith('image/');
  const { data } = useOutputUrl(job, index, { enabled: isShown && thumbnail === undefined });
  const url = thumbnail ?? data?.url;
  if (isShown && url !== undefined) return <img src={url} alt={name} />;
  return <span className="made-type">{isShown ? 'Picture' : contentType}</span>;
};

const describeState = (job: JobRecord): string => {
  const word = statusWords[job.status];
  if (job.status !== 'queued') return word;
  const least = job.queuePositionIsMinimum ? 'at least ' : '';
  const place = job.queuePosition === undefined ? '' : `, ${least}place ${showNumber(job.queuePosition)} in the queue`;
  const start = job.estimatedStart === undefined ? '' : `, starts about ${showTime(job.estimatedStart)}`;
  return `${word}${place}${start}`;
};
