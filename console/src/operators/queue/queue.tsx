import { Link } from 'react-router';
import { DataTable } from '../../ui/data-table.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { showNumber } from '../../ui/words.ts';
import { useQueue, useQueueCallers } from '../operator-api.ts';
import { OperatorPage } from '../operator-page.tsx';
import { LanePanel } from './lane-panel.tsx';
import { PauseControls } from './pause-controls.tsx';

/** What waits for Adobe, what holds it up, and whose it is. */
export const Component = () => {
  const queue = useQueue();
  return (
    <OperatorPage title="Queue and quotas" query={queue}>
      {queue.data && (
        <>
          <PauseControls lanes={queue.data.lanes} />
          {queue.data.lanes.map((lane) => (
            <LanePanel key={lane.lane} lane={lane} />
          ))}
          <Callers />
        </>
      )}
    </OperatorPage>
  );
};

const Callers = () => {
  const { data, error, refetch } = useQueueCallers();
  return (
    <section aria-labelledby="whose">
      <h2 id="whose">Whose jobs these are</h2>
      {error && <ProblemNotice title="The callers cannot be counted" error={error} onRetry={() => refetch()} />}
      {data?.callers.length === 0 && <p>No job waits or runs.</p>}
      {data && data.callers.length > 0 && (
        <DataTable label="Jobs by caller" rows={data.callers} rowKey={({ caller }) => caller} columns={columns} />
      )}
      {data?.isMinimum && <p>There are more jobs than were counted.</p>}
    </section>
  );
};

type Counted = NonNullable<ReturnType<typeof useQueueCallers>['data']>['callers'][number];

const columns = [
  {
    title: 'Caller',
    isRowHeader: true,
    cell: ({ caller }: Counted) => <Link to={`/operators/callers/${encodeURIComponent(caller)}`}>{caller}</Link>,
  },
  { title: 'Waiting', isNumber: true, cell: ({ waiting }: Counted) => showNumber(waiting) },
  { title: 'Running', isNumber: true, cell: ({ running }: Counted) => showNumber(running) },
  { title: 'Pause', cell: ({ pause }: Counted) => (pause === undefined ? '' : (pause.reason ?? 'Paused')) },
];
