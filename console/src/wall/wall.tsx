import './wall.css';
import { ActionButton } from '@adobe/react-spectrum/ActionButton';
import { useCallback, useEffect, useMemo } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useJobChanges } from '../api/job-changes.ts';
import { type JobFilters, useJobs } from '../api/jobs.ts';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { showDateTime } from '../ui/words.ts';
import { useChoice } from './choice.ts';
import { ChoiceBar } from './choice-bar.tsx';
import { readFilters, withoutFilters } from './filter-query.ts';
import { Filters } from './filters.tsx';
import { WallGrid } from './grid.tsx';

/** Everything that was made, newest first, and what is being made. */
export const Component = () => {
  const [query] = useSearchParams();
  const filters = useMemo(() => readFilters(query), [query]);
  const { data, error, refetch, isPending, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } =
    useJobs(filters);
  const jobs = useMemo(() => (data?.pages ?? []).flatMap((page) => page.jobs), [data]);
  const changes = useJobChanges(filters, jobs, { enabled: data !== undefined });
  const more = useCallback(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  const { choice, begin, end } = useChoice();
  const searchedTo = data?.pages.at(-1)?.searchedTo;
  return (
    <section aria-labelledby="wall-title">
      <h1 id="wall-title" className="hidden-title">
        Wall
      </h1>
      <Filters>
        {choice === undefined && jobs.length > 0 && <ActionButton onPress={begin}>Compare</ActionButton>}
      </Filters>
      {isPending && <Loading label="Loading pictures" />}
      {error && (
        <ProblemNotice
          title={data === undefined ? 'The pictures cannot be listed' : 'No further pictures can be listed'}
          error={error}
          onRetry={() => (data === undefined ? refetch() : fetchNextPage())}
        />
      )}
      {!error && changes.error && (
        <ProblemNotice
          title="What is new cannot be seen at the moment"
          error={changes.error}
          onRetry={() => changes.refetch()}
        />
      )}
      {jobs.length > 0 && <WallGrid jobs={jobs} filters={filters} choice={choice} onEnd={more} />}
      {data !== undefined && !error && (
        <p className="wall-end quiet" role="status">
          {hasNextPage
            ? `Looking further back${searchedTo === undefined ? '' : `, so far to ${showDateTime(searchedTo)}`} …`
            : jobs.length > 0
              ? 'That is all.'
              : undefined}
        </p>
      )}
      {data !== undefined && jobs.length === 0 && hasNextPage && <FurtherBack onMore={more} />}
      {data !== undefined && jobs.length === 0 && !hasNextPage && <Nothing filters={filters} />}
      {choice && <ChoiceBar choice={choice} onEnd={end} />}
    </section>
  );
};

/** A page of the list may be empty although more follow: it is left by asking on. */
const FurtherBack = ({ onMore }: { onMore: () => void }) => {
  useEffect(onMore, [onMore]);
  return <Loading label="Looking further back" />;
};

const Nothing = ({ filters }: { filters: JobFilters }) => {
  const [query] = useSearchParams();
  return Object.keys(filters).length > 0 ? (
    <div className="empty">
      <h2>Nothing fits these filters</h2>
      <p>
        <Link to={{ search: withoutFilters(query).toString() }}>Show everything</Link>
      </p>
    </div>
  ) : (
    <div className="empty">
      <h2>Nothing was made yet</h2>
      <p>What you make, here or with the API, appears on this wall by itself.</p>
      <p>
        <Link to="/new">Make the first picture</Link>
      </p>
    </div>
  );
};
