import { Button } from '@adobe/react-spectrum/Button';
import { Link, useNavigate, useParams } from 'react-router';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { showDistance } from '../ui/dates.ts';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { showDateTime, showNumber } from '../ui/words.ts';
import '../ui/fields.css';
import './batches.css';
import { isOver, useBatch, useCancelBatch, useEraseBatch, useRetryBatch } from './batch-api.ts';
import { BatchBar } from './batch-bar.tsx';
import { BatchLines } from './batch-lines.tsx';
import { BatchProblems } from './batch-problems.tsx';
import { describeState, nameBatch } from './batch-states.ts';
import type { Batch } from './batch-types.ts';

/** One batch: how far it is, what went wrong and what to do about it. */
export const Component = () => {
  const { batchId = '' } = useParams();
  const { data: batch, error, refetch } = useBatch(batchId);
  return (
    <div className="column">
      <Link to="/batches">All batches</Link>
      {batch === undefined && <h1>Batch</h1>}
      {error && <ProblemNotice title="The batch cannot be shown" error={error} onRetry={() => refetch()} />}
      {batch === undefined && error === null && <Loading label="Loading the batch" />}
      {batch && <BatchDetails key={batch.batchId} batch={batch} />}
    </div>
  );
};

const BatchDetails = ({ batch }: { batch: Batch }) => (
  <>
    <div className="page-head">
      <h1>{nameBatch(batch)}</h1>
      <BatchActions batch={batch} />
    </div>
    <p role="status">
      <strong>{describeState(batch)}</strong>
      {batch.estimatedEndAt && !isOver(batch) && `, the last line starts ${showDistance(batch.estimatedEndAt)}`}
    </p>
    {batch.waiting && (
      <p>
        Your policy has no room for more just now ({batch.waiting.rule}), since {showDateTime(batch.waiting.since)}. It
        goes on by itself.
      </p>
    )}
    <BatchBar batch={batch} />
    {batch.error && <ProblemNotice title="The file was refused as a whole" error={new Error(batch.error.message)} />}
    {batch.warnings?.map((warning) => (
      <p key={warning} className="long-text">
        {warning}
      </p>
    ))}
    <dl className="facts">
      <Fact name="Made" value={showDateTime(batch.createdAt)} />
      {batch.finishedAt && <Fact name="Ended" value={showDateTime(batch.finishedAt)} />}
      {batch.lines !== undefined && <Fact name="Lines" value={showNumber(batch.lines)} />}
      <Fact name="Priority" value={batch.priority} />
      {Object.entries(batch.labels ?? {}).map(([name, value]) => (
        <Fact key={name} name={`Label ${name}`} value={value} />
      ))}
      <Fact name="Id" value={batch.batchId} />
    </dl>
    <p>
      <Link to={`/?batch=${batch.batchId}`}>Look at its pictures on the wall</Link>
      {batch.retryOf && (
        <>
          {' · '}
          <Link to={`/batches/${batch.retryOf}`}>The batch that it tries again</Link>
        </>
      )}
    </p>
    <BatchProblems batch={batch} />
    <BatchLines batch={batch} />
  </>
);

const Fact = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

const BatchActions = ({ batch }: { batch: Batch }) => {
  const { batchId, status, cancelRequestedAt, counts } = batch;
  const navigate = useNavigate();
  const cancel = useCancelBatch();
  const retry = useRetryBatch();
  const erase = useEraseBatch();
  const failed = counts.failed + counts.timed_out;
  const error = cancel.error ?? retry.error ?? erase.error;
  const canCancel = (status === 'reading' || status === 'running') && cancelRequestedAt === undefined;
  return (
    <div>
      <div className="toolbar">
        {isOver(batch) && failed > 0 && (
          <Button
            variant="accent"
            isPending={retry.isPending}
            onPress={() => retry.mutate(batchId, { onSuccess: (made) => navigate(`/batches/${made.batchId}`) })}
          >
            {`Retry ${showNumber(failed)} that failed`}
          </Button>
        )}
        {canCancel && (
          <ConfirmButton
            label="Cancel batch"
            title="Cancel this batch?"
            isDisabled={cancel.isPending}
            onConfirm={() => cancel.mutate(batchId)}
          >
            {`${showNumber(counts.unfinished)} jobs wait or run. Those that wait end at no cost; what is made already stays.`}
          </ConfirmButton>
        )}
        {isOver(batch) && (
          <ConfirmButton
            isQuiet
            label="Erase batch"
            title="Erase this batch?"
            isDisabled={erase.isPending}
            onConfirm={() => erase.mutate(batchId, { onSuccess: () => navigate('/batches') })}
          >
            Its file, its report and all of its pictures are erased for good.
          </ConfirmButton>
        )}
      </div>
      {error && <ProblemNotice title="That did not work" error={error} />}
    </div>
  );
};
