import { DataTable } from '../ui/data-table.tsx';
import { showDistance } from '../ui/dates.ts';
import { showDateTime, showNumber } from '../ui/words.ts';
import { nameMessage } from './event-words.ts';
import type { Delivery } from './webhook-api.ts';

/** What was sent to a webhook lately, and what it answered. */
export const Deliveries = ({ deliveries }: { deliveries: readonly Delivery[] }) => (
  <section aria-labelledby="deliveries">
    <h2 id="deliveries">Deliveries</h2>
    {deliveries.length === 0 ? (
      <p>Nothing has been sent yet. Send a test to see what your receiver answers.</p>
    ) : (
      <DataTable
        label="Latest deliveries"
        rows={deliveries}
        rowKey={({ deliveryId }) => deliveryId}
        columns={columns}
      />
    )}
  </section>
);

const describeOutcome = ({ status, reason, nextAttemptAt }: Delivery): string => {
  if (status === 'delivered') return 'Delivered';
  if (status === 'failed') {
    return reason === undefined ? 'Given up' : `Given up: ${reason.replaceAll('_', ' ')}`;
  }
  return nextAttemptAt === undefined ? 'On its way' : `Tried again ${showDistance(nextAttemptAt)}`;
};

const columns = [
  { title: 'What', isRowHeader: true, cell: ({ type }: Delivery) => nameMessage(type) },
  { title: 'Happened', cell: ({ eventAt }: Delivery) => showDateTime(eventAt) },
  { title: 'Outcome', cell: describeOutcome },
  { title: 'Attempts', isNumber: true, cell: ({ attempts }: Delivery) => showNumber(attempts.length) },
  {
    title: 'Last answer',
    cell: ({ attempts }: Delivery) => {
      const last = attempts.at(-1);
      if (last === undefined) return '';
      const { status, error, answer, durationMs } = last;
      return (
        <span className="clipped">
          {status === undefined ? (error ?? 'none') : `Status ${status}`}, {showNumber(durationMs)} ms
          {answer && `: ${answer}`}
        </span>
      );
    },
  },
];
