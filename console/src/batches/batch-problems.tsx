import { Button } from '@adobe/react-spectrum/Button';
import { Link } from 'react-router';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { showNumber } from '../ui/words.ts';
import type { Batch } from './batch-types.ts';
import { groupProblems } from './group-problems.ts';
import { brokenStates, useLines } from './line-api.ts';

const pageSize = 100;

/** What went wrong in a batch, by reason, with an example of each and what to do. */
export const BatchProblems = ({ batch }: { batch: Batch }) => {
  const broken = batch.counts.failed + batch.counts.timed_out + batch.counts.rejected;
  return broken === 0 ? null : <Problems batch={batch} broken={broken} />;
};

const Problems = ({ batch, broken }: { batch: Batch; broken: number }) => {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useLines(
    batch,
    brokenStates,
    pageSize,
  );
  const lines = data?.pages.flatMap((page) => page.lines) ?? [];
  return (
    <section aria-labelledby="problems">
      <h2 id="problems">What went wrong</h2>
      {error && <ProblemNotice title="The errors cannot be listed" error={error} onRetry={() => refetch()} />}
      {groupProblems(lines).map(({ code, count, example, advice }) => (
        <div key={code} className="problem-group">
          <h3 className="long-text">
            {code}, {showNumber(count)} {count === 1 ? 'line' : 'lines'}
          </h3>
          <p>
            For example line {showNumber(example.line)}
            {example.id !== undefined && <span className="long-text"> ({example.id})</span>}:{' '}
            <span className="long-text">{example.error?.message ?? 'It brought nothing.'}</span>{' '}
            {example.jobId && <Link to={`/jobs/${example.jobId}`}>Its job</Link>}
          </p>
          <p>{advice}</p>
        </div>
      ))}
      {hasNextPage && (
        <div className="toolbar">
          <span>
            {showNumber(lines.length)} of {showNumber(broken)} looked at.
          </span>
          <Button variant="secondary" isPending={isFetchingNextPage} onPress={() => fetchNextPage()}>
            Look at more
          </Button>
        </div>
      )}
    </section>
  );
};
