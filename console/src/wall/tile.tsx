import { Link } from 'react-router';
import { isFinished, type JobFilters, type JobSummary, useJob } from '../api/jobs.ts';
import { hasThumbnails, nameFile } from '../ui/file-kinds.ts';
import { namePicture, showNumber, showTime, statusWords } from '../ui/words.ts';
import type { Choice } from './choice.ts';
import { Placeholder } from './placeholder.tsx';
import type { Tile } from './rows.ts';
import { useThumbnail } from './thumbnail.ts';

/** One picture of the wall: it leads to the page with everything about it, or is chosen to be compared. */
export const WallTile = (props: {
  tile: Tile;
  filters: JobFilters;
  isFollowed: boolean;
  /** Where pictures are being chosen. */
  choice: Choice | undefined;
}) => {
  const { tile, filters, isFollowed, choice } = props;
  const { job, output, index, key } = tile;
  const content = (
    <>
      {output === undefined ? (
        <Unmade job={job} isFollowed={isFollowed} />
      ) : (
        <>
          <span aria-hidden="true">
            <Thumbnail tile={{ ...tile, output }} />
            <span className="caption">{namePicture(job).slice(0, maxReasonLength)}</span>
          </span>
          <span className="hidden-title">{describeTile(tile)}</span>
        </>
      )}
      {job.favourite && (
        <span className="favourite-mark" aria-hidden="true">
          ♥
        </span>
      )}
    </>
  );
  if (choice !== undefined) {
    const picture = { jobId: job.jobId, index };
    const isChosen = choice.has(picture);
    const canBeChosen = isChosen || (!choice.isFull && output?.contentType.startsWith('image/') === true);
    return (
      <label className="tile choosable">
        {content}
        <input
          type="checkbox"
          data-tile={key}
          checked={isChosen}
          // The arrow keys go over what cannot be chosen as well.
          aria-disabled={!canBeChosen}
          onChange={() => canBeChosen && choice.toggle(picture)}
        />
      </label>
    );
  }
  return (
    <Link
      className="tile"
      to={`/jobs/${job.jobId}${index === 0 ? '' : `?output=${index}`}`}
      state={{ filters }}
      data-tile={key}
    >
      {content}
    </Link>
  );
};

const describeTile = ({ job, output, index }: Tile): string => {
  const name = namePicture(job).slice(0, 200);
  const place = job.outputs.length > 1 ? `, ${index + 1} of ${job.outputs.length}` : '';
  const status = job.status === 'succeeded' ? '' : `, ${statusWords[job.status].toLowerCase()}`;
  const kind = output === undefined || hasThumbnails(output.contentType) ? '' : `, ${nameFile(output.contentType)}`;
  return `${name}${place}${kind}${status}${job.favourite ? ', favourite' : ''}`;
};

const Thumbnail = ({ tile }: { tile: Tile & { output: NonNullable<Tile['output']> } }) => {
  const { output, job } = tile;
  const { url, isComing } = useThumbnail(tile);
  if (url !== undefined) {
    return <img src={url} alt="" decoding="async" draggable={false} />;
  }
  return <Placeholder job={job} output={output} isComing={isComing} />;
};

// The page of the job has all of it.
const maxReasonLength = 300;

const Unmade = ({ job, isFollowed }: { job: JobSummary; isFollowed: boolean }) => {
  const { data } = useJob(job.jobId, { enabled: isFollowed });
  const isUnderWay = !isFinished(job);
  return (
    <span className={isUnderWay ? 'placeholder under-way' : 'placeholder ended'}>
      <b>{statusWords[job.status]}</b>
      {job.error && <span className="reason">{job.error.message.slice(0, maxReasonLength)}</span>}
      {isUnderWay && data?.queuePosition !== undefined && (
        <span>
          {data.queuePositionIsMinimum ? 'At least place' : 'Place'} {showNumber(data.queuePosition)} in the queue
        </span>
      )}
      {isUnderWay && data?.estimatedStart !== undefined && (
        <span>
          Starts {data.estimatedStartIsMinimum ? 'after' : 'about'} {showTime(data.estimatedStart)}
        </span>
      )}
      {isUnderWay && data?.callerPausedSince !== undefined && <span>Paused by an operator</span>}
      <span className="prompt">{namePicture(job).slice(0, maxReasonLength)}</span>
    </span>
  );
};
