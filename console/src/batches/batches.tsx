import { Button } from '@adobe/react-spectrum/Button';
import { Link, useNavigate } from 'react-router';
import { DataTable } from '../ui/data-table.tsx';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { showDateTime } from '../ui/words.ts';
import './batches.css';
import '../ui/fields.css';
import { useBatches } from './batch-api.ts';
import { BatchBar } from './batch-bar.tsx';
import { describeState, nameBatch } from './batch-states.ts';
import type { Batch } from './batch-types.ts';

/** The caller's batches, newest first, with how far each is. */
export const Component = () => {
  const navigate = useNavigate();
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useBatches();
  const batches = data?.pages.flatMap((page) => page.batches) ?? [];
  return (
    <div className="column">
      <div className="page-head">
        <h1>Batches</h1>
        <Button variant="accent" onPress={() => navigate('/batches/new')}>
          New batch
        </Button>
      </div>
      {error && <ProblemNotice title="The batches cannot be listed" error={error} onRetry={() => refetch()} />}
      {isPending && <Loading label="Loading batches" />}
      {data && batches.length === 0 && (
        <p>
          There is no batch yet. A batch makes many pictures from one file, such as a table with a prompt in each row:{' '}
          <Link to="/batches/new">send one</Link>.
        </p>
      )}
      {batches.length > 0 && (
        <DataTable label="Batches" rows={batches} rowKey={({ batchId }) => batchId} columns={columns} />
      )}
      {hasNextPage && (
        <Button variant="secondary" isPending={isFetchingNextPage} onPress={() => fetchNextPage()}>
          Earlier batches
        </Button>
      )}
    </div>
  );
};

const columns = [
  {
    title: 'Batch',
    isRowHeader: true,
    cell: (batch: Batch) => <Link to={`/batches/${batch.batchId}`}>{nameBatch(batch)}</Link>,
  },
  { title: 'State', cell: describeState },
  { title: 'Lines', cell: (batch: Batch) => <BatchBar batch={batch} /> },
  { title: 'Made', cell: ({ createdAt }: Batch) => showDateTime(createdAt) },
];
