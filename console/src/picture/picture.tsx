import './picture.css';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { useLocation, useNavigate, useParams, useSearchParams } from 'react-router';
import { isFinished, type JobFilters, type JobRecord, useJob } from '../api/jobs.ts';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { namePicture } from '../ui/words.ts';
import { Actions } from './actions.tsx';
import { Facts } from './facts.tsx';
import { useNeighbours } from './neighbours.ts';
import { Outcome } from './outcome.tsx';
import { OutputViewer } from './output-viewer.tsx';

/** One job: its pictures as large as they are, and everything about it. */
export const Component = () => {
  const { jobId = '' } = useParams();
  const { data: job, error, refetch, isPending } = useJob(jobId);
  if (isPending) return <Loading label="Loading the picture" />;
  if (job === undefined) {
    return <ProblemNotice title="The picture cannot be shown" error={error} onRetry={() => refetch()} />;
  }
  return <Picture key={job.jobId} job={job} />;
};

const readFilters = (state: unknown): JobFilters => {
  const filters = typeof state === 'object' && state !== null && 'filters' in state ? state.filters : undefined;
  return typeof filters === 'object' && filters !== null ? (filters as JobFilters) : {};
};

const Picture = ({ job }: { job: JobRecord }) => {
  const [query, setQuery] = useSearchParams();
  const { state } = useLocation();
  const filters = readFilters(state);
  const given = Number(query.get('output') ?? 0);
  const index = Number.isInteger(given) && given >= 0 && given < job.outputs.length ? given : 0;
  // A second key may come before the address has followed the first.
  const latest = useRef(index);
  useEffect(() => {
    latest.current = index;
  }, [index]);
  const select = (next: number) => {
    latest.current = next;
    setQuery(next === 0 ? {} : { output: String(next) }, { replace: true, state, preventScrollReset: true });
  };
  const { newer, older } = useNeighbours(job, filters);
  const go = useGo(filters);
  useArrowKeys({
    ArrowLeft: () => (latest.current > 0 ? select(latest.current - 1) : newer !== undefined && go(newer)),
    ArrowRight: () =>
      latest.current < job.outputs.length - 1 ? select(latest.current + 1) : older !== undefined && go(older),
  });
  const heading = useRef<HTMLHeadingElement>(null);
  // A reader of the screen hears which picture came.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const output = job.outputs[index];
  return (
    <article className="picture">
      <div className="stage">
        {output === undefined ? (
          <Outcome job={job} />
        ) : (
          <OutputViewer job={job} output={output} index={index} onSelect={select} />
        )}
        <nav className="neighbours" aria-label="Other pictures">
          <button type="button" disabled={newer === undefined} onClick={() => newer && go(newer)}>
            ← Newer
          </button>
          <button type="button" disabled={older === undefined} onClick={() => older && go(older)}>
            Older →
          </button>
        </nav>
      </div>
      <div className="facts">
        <h1 ref={heading} tabIndex={-1} className="long-text">
          {namePicture(job)}
        </h1>
        {output !== undefined && job.status !== 'succeeded' && <Outcome job={job} />}
        <Actions
          job={job}
          index={index}
          filters={filters}
          canErase={isFinished(job)}
          onErased={() => go(older ?? newer)}
        />
        <Facts job={job} index={index} />
      </div>
    </article>
  );
};

const useGo = (filters: JobFilters) => {
  const navigate = useNavigate();
  return (jobId: string | undefined) =>
    void navigate(jobId === undefined ? '/' : `/jobs/${jobId}`, { state: { filters }, replace: jobId !== undefined });
};

/** Runs what a key stands for, unless it is typed into something or belongs to what has the focus. */
const useArrowKeys = (actions: Readonly<Record<string, () => unknown>>) => {
  const latest = useRef(actions);
  latest.current = actions;
  // Before the picture is seen: a key that comes right then is meant for it.
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const taken =
        event.defaultPrevented ||
        event.altKey ||
        event.ctrlKey ||
        event.metaKey ||
        event.shiftKey ||
        isTyping(event.target);
      const action = latest.current[event.key];
      if (taken || action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input, textarea, select, video, audio, [role="dialog"], [role="alertdialog"], [role="menu"]') !==
    null;
