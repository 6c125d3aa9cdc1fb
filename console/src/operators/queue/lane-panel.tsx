import { showDistance } from '../../ui/dates.ts';
import { showDateTime, showNumber } from '../../ui/words.ts';
import type { QueueState } from '../operator-api.ts';

type Lane = QueueState['lanes'][number];

/** The queue of one service, and how much of its quota is used. */
export const LanePanel = ({ lane }: { lane: Lane }) => {
  const { waiting, permits, pauses, requestsToday, estimatedDrain } = lane;
  const used = permits.filter(({ freeAt }) => freeAt !== undefined).length;
  const { high, normal, low } = waiting.priorities;
  const atLeast = waiting.jobsIsMinimum ? 'at least ' : '';
  return (
    <section className="panel" aria-label={`Lane ${lane.lane}`}>
      <h2>{lane.lane}</h2>
      {pauses.map((pause) => (
        <p key={pause.reason} className="long-text">
          <strong>Paused ({pause.reason.replaceAll('_', ' ')})</strong>
          {pause.by && ` by ${pause.by}`}
          {pause.since && ` since ${showDateTime(pause.since)}`}
          {pause.until && `, tried again ${showDistance(pause.until)}`}
          {pause.note && `: ${pause.note}`}. {pause.advice}
        </p>
      ))}
      <dl className="facts">
        <div>
          <dt>Waiting</dt>
          <dd>
            {atLeast}
            {showNumber(waiting.jobs)} ({showNumber(high.jobs)} high, {showNumber(normal.jobs)} normal,{' '}
            {showNumber(low.jobs)} low)
          </dd>
        </div>
        {waiting.oldestSince && (
          <div>
            <dt>The oldest waits since</dt>
            <dd>{showDateTime(waiting.oldestSince)}</dd>
          </div>
        )}
        <div>
          <dt>Permits of a minute that are used</dt>
          <dd>
            {showNumber(used)} of {showNumber(permits.length)}
          </dd>
        </div>
        <div>
          <dt>Requests today</dt>
          <dd>
            {showNumber(requestsToday.used)}
            {requestsToday.limit !== undefined && ` of ${showNumber(requestsToday.limit)}`}
          </dd>
        </div>
        {estimatedDrain && (
          <div>
            <dt>All submitted</dt>
            <dd>{showDistance(estimatedDrain)}</dd>
          </div>
        )}
      </dl>
    </section>
  );
};
