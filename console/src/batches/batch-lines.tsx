import { Button } from '@adobe/react-spectrum/Button';
import { useMutation } from '@tanstack/react-query';
import { Link } from 'react-router';
import { fetchApi } from '../api/client.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { showNumber } from '../ui/words.ts';
import { isOver } from './batch-api.ts';
import type { Batch, BatchLine } from './batch-types.ts';
import { useLines } from './line-api.ts';

const pageSize = 50;

/** The report: what became of each line, as far as it is known; and the files, once they are written. */
export const BatchLines = ({ batch }: { batch: Batch }) => {
  const report = useLines(batch, undefined, pageSize);
  const { data, error, refetch, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = report;
  const lines = data?.pages.flatMap((page) => page.lines) ?? [];
  return (
    <section aria-labelledby="report">
      <div className="page-head">
        <h2 id="report">Report</h2>
        {isOver(batch) && <Downloads batch={batch} />}
      </div>
      {!isOver(batch) && <p>The files of the report are written when the last line has ended.</p>}
      {error && <ProblemNotice title="The report cannot be shown" error={error} onRetry={() => refetch()} />}
      {isPending && <Loading label="Loading the report" />}
      {lines.length > 0 && (
        <DataTable label="Lines of the batch" rows={lines} rowKey={({ line }) => String(line)} columns={columns} />
      )}
      {data && lines.length === 0 && <p>No line is known yet.</p>}
      {hasNextPage && (
        <Button variant="secondary" isPending={isFetchingNextPage} onPress={() => fetchNextPage()}>
          More lines
        </Button>
      )}
    </section>
  );
};

const Downloads = ({ batch: { batchId } }: { batch: Batch }) => {
  const download = useMutation({
    mutationFn: async (format: string) => {
      const answer = await fetchApi(`/batches/${batchId}/report.${format}`, { query: { format: 'json' } });
      const body: unknown = await answer.json();
      if (typeof body === 'object' && body !== null && 'url' in body) location.assign(String(body.url));
    },
  });
  return (
    <div>
      <div className="toolbar">
        <Button variant="secondary" onPress={() => download.mutate('csv')}>
          Download CSV
        </Button>
        <Button variant="secondary" onPress={() => download.mutate('jsonl')}>
          Download JSONL
        </Button>
      </div>
      {download.error && <ProblemNotice title="The report cannot be downloaded" error={download.error} />}
    </div>
  );
};

const columns = [
  { title: 'Line', isNumber: true, isRowHeader: true, cell: ({ line }: BatchLine) => showNumber(line) },
  { title: 'Id', cell: ({ id }: BatchLine) => <span className="clipped">{id}</span> },
  { title: 'State', cell: ({ status }: BatchLine) => status.replaceAll('_', ' ') },
  { title: 'Outputs', isNumber: true, cell: ({ outputs }: BatchLine) => showNumber(outputs) },
  {
    title: 'Cost',
    isNumber: true,
    cell: ({ cost }: BatchLine) => (cost === undefined ? '' : showNumber(cost)),
  },
  {
    title: 'Said about it',
    cell: ({ error, warnings = [] }: BatchLine) => (
      <span className="clipped">{[error?.message, ...warnings].filter(Boolean).join(' ')}</span>
    ),
  },
  { title: 'Job', cell: ({ jobId }: BatchLine) => jobId && <Link to={`/jobs/${jobId}`}>Look</Link> },
];
