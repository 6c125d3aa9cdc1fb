import { showNumber } from '../ui/words.ts';
import { buildBar } from './batch-states.ts';
import type { Batch } from './batch-types.ts';

/** How far a batch is, as a bar and in words. */
export const BatchBar = ({ batch }: { batch: Pick<Batch, 'counts' | 'lines' | 'status'> }) => {
  const { parts, unread } = buildBar(batch);
  return (
    <div>
      <div className="bar-track" aria-hidden="true">
        {parts.map(({ label, look, share }) => (
          <span key={label} className={`look-${look}`} style={{ width: `${share * 100}%` }} />
        ))}
      </div>
      <ul className="bar-legend">
        {parts.map(({ label, look, count }) => (
          <li key={label}>
            <span className={`look-${look}`} aria-hidden="true" />
            {showNumber(count)} {label}
          </li>
        ))}
        {unread > 0 && <li>{showNumber(unread)} not read yet</li>}
        {parts.length === 0 && unread === 0 && (
          <li>{batch.status === 'refused' ? 'No line ran' : 'No line read yet'}</li>
        )}
      </ul>
    </div>
  );
};
