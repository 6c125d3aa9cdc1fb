import './compare.css';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { callApi } from '../api/client.ts';
import { type JobRecord, thumbnailWidth } from '../api/jobs.ts';
import { listSettings } from '../picture/settings-list.ts';
import { chooseAddress, readCompared, remixAddress } from '../ui/addresses.ts';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { namePicture } from '../ui/words.ts';
import { compareSettings } from './compare-settings.ts';
import { ComparedFrame, ComparedImage } from './compared-frame.tsx';
import { SettingsTable } from './settings-table.tsx';
import { useSharedView } from './use-shared-view.ts';

const maxName = 300;

/** Two to four pictures side by side, with one zoom for all. */
export const Component = () => {
  const [address] = useSearchParams();
  const names = readCompared(address.get('jobs') ?? '');
  const jobs = useQueries({
    queries: names.map(({ jobId }) => ({
      queryKey: ['job', jobId],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        callApi<JobRecord>(`/jobs/${jobId}`, { query: { thumbnails: thumbnailWidth }, signal }),
    })),
  });
  const urls = useQueries({
    queries: names.map(({ jobId, index }) => ({
      queryKey: ['output', jobId, index],
      staleTime: 600_000,
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        callApi<{ url: string }>(`/jobs/${jobId}/outputs/${index}`, { signal }),
    })),
  });
  const shared = useSharedView();
  const [isSliding, setIsSliding] = useState(false);
  const [percent, setPercent] = useState(50);
  const failed = [...jobs, ...urls].find(({ error }) => error !== null);
  const pictures = names.map((name, place) => {
    const job = jobs[place]?.data;
    return {
      ...name,
      job,
      output: job?.outputs[name.index],
      url: urls[place]?.data?.url,
      title: `Picture ${place + 1}`,
    };
  });
  const { width, height } = pictures.map(({ output }) => output).find((output) => output?.width !== undefined) ?? {};
  const shape = width === undefined || height === undefined ? '1' : `${width} / ${height}`;
  const describe = (place: number) => {
    const { job, title } = pictures[place] ?? {};
    return `${title}: ${job === undefined ? '' : namePicture(job).slice(0, maxName)}`;
  };
  if (names.length < 2) {
    return (
      <section className="compare">
        <h1>Compare</h1>
        <p>
          Two to four pictures are compared. Choose them on <Link to={chooseAddress(names)}>the wall</Link>.
        </p>
      </section>
    );
  }
  const [first, second] = pictures;
  const canSlide = names.length === 2;
  return (
    <section className="compare">
      <h1>Compare</h1>
      {failed && (
        <ProblemNotice
          title="Not all pictures can be shown"
          error={failed.error}
          onRetry={() =>
            [...jobs, ...urls].filter(({ error }) => error !== null).forEach(({ refetch }) => void refetch())
          }
        />
      )}
      <div className="compare-tools" role="toolbar" aria-label="Zoom">
        <button type="button" onClick={shared.zoomOut} aria-label="Zoom out">
          −
        </button>
        <output aria-label="Zoom">
          {new Intl.NumberFormat(undefined, { style: 'percent' }).format(shared.view.scale)}
        </output>
        <button type="button" onClick={shared.zoomIn} aria-label="Zoom in">
          +
        </button>
        <button type="button" onClick={shared.fit}>
          Fit
        </button>
        {canSlide && (
          <button type="button" aria-pressed={isSliding} onClick={() => setIsSliding(!isSliding)}>
            One over the other
          </button>
        )}
        <Link to={chooseAddress(names)}>Choose other pictures</Link>
      </div>
      {canSlide && isSliding ? (
        <div className="compare-over">
          <ComparedFrame label={`${describe(0)}, over ${describe(1)}`} shape={shape} shared={shared}>
            {second?.url && <ComparedImage url={second.url} view={shared.view} />}
            {first?.url && <ComparedImage url={first.url} view={shared.view} shownPercent={percent} />}
            <span className="compare-edge" style={{ left: `${percent}%` }} />
          </ComparedFrame>
          <label>
            How much of the first picture is seen
            <input
              type="range"
              min={0}
              max={100}
              value={percent}
              onChange={(event) => setPercent(Number(event.target.value))}
            />
          </label>
        </div>
      ) : (
        <div className={`compare-row compare-row-${names.length}`}>
          {pictures.map(({ jobId, index, url, title, job }, place) => (
            <figure key={`${jobId}/${index}`}>
              <ComparedFrame label={describe(place)} shape={shape} shared={shared}>
                {url === undefined ? failed ? null : <Loading /> : <ComparedImage url={url} view={shared.view} />}
              </ComparedFrame>
              <figcaption>
                <span className="compare-links">
                  <Link to={`/jobs/${jobId}${index === 0 ? '' : `?output=${index}`}`}>{title}</Link>
                  <Link to={remixAddress(jobId)} aria-label={`Make again, ${title.toLowerCase()}`}>
                    Make again
                  </Link>
                </span>
                {job && <span className="long-text compare-name">{namePicture(job).slice(0, maxName)}</span>}
              </figcaption>
            </figure>
          ))}
        </div>
      )}
      <SettingsTable
        titles={pictures.map(({ title }) => title)}
        settings={compareSettings(
          pictures.flatMap(({ job, output }) =>
            job === undefined ? [] : [{ ...job, settings: listSettings(job.request), seed: output?.seed }],
          ),
        )}
      />
    </section>
  );
};
