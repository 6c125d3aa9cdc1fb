import type { JobOutput, JobRecord } from '../api/jobs.ts';
import { useOutputUrl } from '../api/jobs.ts';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { namePicture, showBytes } from '../ui/words.ts';
import { ZoomableImage } from './zoomable-image.tsx';

interface OutputViewerProps {
  job: JobRecord;
  output: JobOutput;
  index: number;
  onSelect: (index: number) => void;
}

/** One output as large as there is room, and the others of its job below it. */
export const OutputViewer = ({ job, output, index, onSelect }: OutputViewerProps) => {
  const { data, error, refetch } = useOutputUrl(job.jobId, index, { enabled: true });
  const name = namePicture(job);
  return (
    <>
      {error ? (
        <ProblemNotice title="The file cannot be shown" error={error} onRetry={() => refetch()} />
      ) : data === undefined ? (
        <Loading label="Loading the file" />
      ) : (
        <File url={data.url} output={output} name={name} key={data.url} />
      )}
      {job.outputs.length > 1 && (
        <ol className="filmstrip" aria-label="Outputs of this job">
          {job.outputs.map((each, place) => (
            <li key={each.key}>
              <button
                type="button"
                aria-label={`Output ${place + 1} of ${job.outputs.length}`}
                aria-current={place === index}
                onClick={() => onSelect(place)}
              >
                {each.thumbnail === undefined ? place + 1 : <img src={each.thumbnail} alt="" />}
              </button>
            </li>
          ))}
        </ol>
      )}
    </>
  );
};

const File = ({ url, output, name }: { url: string; output: JobOutput; name: string }) => {
  const { contentType, bytes } = output;
  if (/^image\/(jpeg|png|webp|gif|avif|svg\+xml|bmp)\b/.test(contentType)) {
    return <ZoomableImage url={url} name={name} output={output} />;
  }
  if (contentType.startsWith('video/')) {
    return (
      <div className="viewer">
        {/* Generated videos have no words that captions could show. */}
        <video controls src={url} aria-label={name} preload="metadata">
          <track kind="captions" />
        </video>
      </div>
    );
  }
  if (contentType.startsWith('audio/')) {
    return (
      <div className="viewer">
        <audio controls src={url} aria-label={name} preload="metadata">
          <track kind="captions" />
        </audio>
      </div>
    );
  }
  return (
    <div className="viewer no-preview">
      <p>
        There is no preview of <strong>{contentType}</strong>.
      </p>
      <a href={url} target="_blank" rel="noreferrer">
        Open the file ({showBytes(bytes)})
      </a>
    </div>
  );
};
