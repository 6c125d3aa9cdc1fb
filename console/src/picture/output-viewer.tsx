import { useRef, useState } from 'react';
import type { JobOutput, JobRecord } from '../api/jobs.ts';
import { useOutputUrl } from '../api/jobs.ts';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { namePicture, showBytes } from '../ui/words.ts';
import { brokenText, ZoomableImage } from './zoomable-image.tsx';

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
        <File
          key={output.key}
          url={data.url}
          output={output}
          name={name}
          renew={async () => (await refetch()).data?.url}
        />
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

interface FileProps {
  url: string;
  output: JobOutput;
  name: string;
  renew: () => Promise<string | undefined>;
}

const File = ({ url, output, name, renew }: FileProps) => {
  const { contentType, bytes } = output;
  const { src, isBroken, onError } = useLastingSource(url, renew);
  if (/^image\/(jpeg|png|webp|gif|avif|svg\+xml|bmp)\b/.test(contentType)) {
    return <ZoomableImage src={src} name={name} output={output} isBroken={isBroken} onError={onError} />;
  }
  if (contentType.startsWith('video/')) {
    return (
      <div className="viewer">
        {/* Generated videos have no words that captions could show. */}
        <video controls src={src} aria-label={name} preload="metadata" onError={onError}>
          <track kind="captions" />
        </video>
        {isBroken && <p>{brokenText}</p>}
      </div>
    );
  }
  if (contentType.startsWith('audio/')) {
    return (
      <div className="viewer">
        <audio controls src={src} aria-label={name} preload="metadata" onError={onError}>
          <track kind="captions" />
        </audio>
        {isBroken && <p>{brokenText}</p>}
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

const renewalPauseMs = 1_100;

/**
 * Keeps what is shown as it is while its address is good: another one would load the file again. One that fails, such as after its
 * signature has expired, is asked for anew once.
 */
const useLastingSource = (url: string, renew: () => Promise<string | undefined>) => {
  const [src, setSrc] = useState(url);
  const [isBroken, setIsBroken] = useState(false);
  const attempted = useRef(new Set<string>());
  const onError = async () => {
    if (attempted.current.has(src)) return;
    attempted.current.add(src);
    if (attempted.current.size > 1) return setIsBroken(true);
    // Signatures of the same second are the same.
    await new Promise((resolve) => setTimeout(resolve, renewalPauseMs));
    const next = await renew();
    if (next === undefined || next === src) setIsBroken(true);
    else setSrc(next);
  };
  return { src, isBroken, onError: () => void onError() };
};
