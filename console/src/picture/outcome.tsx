import { Content } from '@adobe/react-spectrum/Content';
import { Heading } from '@adobe/react-spectrum/Heading';
import { InlineAlert } from '@adobe/react-spectrum/InlineAlert';
import { ProgressCircle } from '@adobe/react-spectrum/ProgressCircle';
import { isFinished, type JobRecord } from '../api/jobs.ts';
import { showNumber, showTime, statusWords } from '../ui/words.ts';
import { adviseOn } from './advice.ts';

/** How a job stands that has no picture yet, or why it has none. */
export const Outcome = ({ job }: { job: JobRecord }) =>
  isFinished(job) ? <Ended job={job} /> : <UnderWay job={job} />;

const UnderWay = ({ job }: { job: JobRecord }) => (
  <div className="outcome" role="status">
    <ProgressCircle isIndeterminate size="L" aria-label={statusWords[job.status]} />
    <strong>{statusWords[job.status]}</strong>
    {job.callerPausedSince !== undefined && (
      <span>
        An operator has paused your jobs since {showTime(job.callerPausedSince)}. It is kept and goes on then.
      </span>
    )}
    {job.queuePosition !== undefined && (
      <span>
        {job.queuePositionIsMinimum ? 'At least place' : 'Place'} {showNumber(job.queuePosition)} in the queue
      </span>
    )}
    {job.estimatedStart !== undefined && (
      <span>
        Starts {job.estimatedStartIsMinimum ? 'after' : 'about'} {showTime(job.estimatedStart)}
      </span>
    )}
    <span className="quiet">The picture appears here by itself.</span>
  </div>
);

const Ended = ({ job }: { job: JobRecord }) => {
  const { status, error, errors = [] } = job;
  const advice = adviseOn(job);
  return (
    <InlineAlert variant={status === 'failed' || status === 'timed_out' ? 'negative' : 'notice'}>
      <Heading>{statusWords[status]}</Heading>
      <Content>
        {error && <p className="long-text">{error.message}</p>}
        {error?.validationErrors && (
          <ul>
            {error.validationErrors.map(({ loc, msg }) => (
              <li key={loc.join('.')} className="long-text">
                <strong>{loc.join('.')}</strong>: {msg}
              </li>
            ))}
          </ul>
        )}
        {errors.length > 0 && (
          <ul>
            {errors.map(({ index, code, message }, place) => (
              <li key={index ?? `missing-${place}`} className="long-text">
                {index === undefined ? code : `Output ${index + 1}`}: {message}
              </li>
            ))}
          </ul>
        )}
        {advice && <p>{advice}</p>}
        {error && <p className="quiet">Code {error.code}</p>}
      </Content>
    </InlineAlert>
  );
};
