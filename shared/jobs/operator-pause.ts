import type { Table } from '../aws/table.ts';
import { conditionalUpdate } from './conditional-update.ts';
import { type OperatorPause, pauseKey } from './quota.ts';

/**
 * Stops the queue for an operator: no job is given a permit and none is submitted any more. What Adobe has goes on. The
 * pause stands beside those that Adobe causes, so that neither ends the other.
 *
 * @returns false if an operator's pause stands already; it stays as it is
 */
export const pauseByOperator = async (table: Table, { by, reason }: Omit<OperatorPause, 'since'>): Promise<boolean> =>
  (await conditionalUpdate(table, pauseKey, {
    expression: `SET operatorPausedAt = :now, operatorPausedBy = :by${reason === undefined ? '' : ', operatorReason = :reason'}`,
    condition: 'attribute_not_exists(operatorPausedAt)',
    values: { ':now': table.clock.now(), ':by': by, ...(reason !== undefined && { ':reason': reason }) },
  })) !== undefined;

/**
 * Ends an operator's pause; one that Adobe caused stays.
 *
 * @returns false if there was none
 */
export const resumeByOperator = async (table: Table): Promise<boolean> =>
  (await conditionalUpdate(table, pauseKey, {
    expression: 'REMOVE operatorPausedAt, operatorPausedBy, operatorReason',
    condition: 'attribute_exists(operatorPausedAt)',
  })) !== undefined;
