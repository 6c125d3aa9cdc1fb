import type { Estimate } from '#functions/api/estimates/view.ts';
import { labelName } from '../../ui/labels.ts';
import { showNumber, showTime } from '../../ui/words.ts';

const numbers = new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 });
const soonMs = 20_000;

/** Says before the click what it costs and when it runs, or why it would be refused. */
export const EstimateLine = ({ estimate, error }: { estimate: Estimate | undefined; error: unknown }) => {
  if (estimate === undefined) {
    return (
      <p className="estimate quiet">
        {error ? 'What it costs cannot be said at the moment.' : 'Working out what it costs…'}
      </p>
    );
  }
  const { cost, outputs, problem, warnings } = estimate;
  return (
    <div className="estimate">
      {cost && (
        <p>
          Costs <strong>{countOperations(cost.estimated)}</strong>
          {outputs === undefined ? '' : ` for ${showNumber(outputs)} ${outputs === 1 ? 'output' : 'outputs'}`}
          {problem === undefined && `, ${describeStart(estimate)}`}.
        </p>
      )}
      {problem && <p className="quiet long-text">{describeRefusal(problem)}</p>}
      {warnings.map((warning) => (
        <p key={warning} className="hint long-text">
          {warning}
        </p>
      ))}
    </div>
  );
};

const maxNamed = 5;

/** What still stands in the way: the fields by their names, or what the gateway says. */
const describeRefusal = ({ detail, validation_errors: errors = [] }: NonNullable<Estimate['problem']>): string => {
  const names = errors.map(({ loc: [, field = ''] }) => labelName(String(field)));
  const named = [...new Set(names)].slice(0, maxNamed).join(', ');
  return named === ''
    ? `It would be refused: ${detail.slice(0, 2_000)}`
    : `To be filled in or changed first: ${named}.`;
};

const countOperations = (count: number): string =>
  `${numbers.format(count)} ${count === 1 ? 'operation' : 'operations'}`;

const describeStart = ({
  estimatedStart,
  estimatedStartIsMinimum,
  queuePosition,
  queuePositionIsMinimum,
  callerPausedSince,
}: Estimate): string => {
  if (callerPausedSince !== undefined) return 'and waits until an operator lets you go on';
  if (estimatedStart === undefined) return 'and waits, as the queue is paused';
  if (Date.parse(estimatedStart) - Date.now() < soonMs) return 'starts at once';
  const least = queuePositionIsMinimum ? 'at least ' : '';
  const place = queuePosition === undefined ? '' : ` (${least}place ${showNumber(queuePosition)} in the queue)`;
  return `starts ${estimatedStartIsMinimum ? 'not before' : 'about'} ${showTime(estimatedStart)}${place}`;
};
