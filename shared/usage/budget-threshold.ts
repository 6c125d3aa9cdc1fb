import * as z from 'zod';
import { condition, exists } from '../aws/expressions.ts';
import type { Item } from '../aws/items.ts';
import { createItemParser } from '../aws/items.ts';
import { type Table, ttlAfter, updateItem } from '../aws/table.ts';
import { once } from '../once.ts';
import { type Budget, type BudgetRule, budgetAttributes, budgetKey, budgetPeriods } from './budget-items.ts';

/** The parts of a budget, in percent, whose passing is announced. */
export const budgetThresholds = [80, 100] as const;

const thresholdSchema = once(() =>
  z.object({
    caller: z.string(),
    period: z.enum(['day', 'month']),
    /** First UTC day of the period, such as `2026-03-01`. */
    periodStart: z.string(),
    percent: z.literal(budgetThresholds),
    /** In Operations. */
    limit: z.number(),
    /** Thousandths of an Operation: reserved and used, when the threshold was passed. */
    used: z.int(),
    /** When it was passed, ISO. */
    finishedAt: z.string(),
  }),
);

/** A budget of which a caller has used 80 or 100 percent for the first time in a period. */
export type BudgetThreshold = z.output<ReturnType<typeof thresholdSchema>>;

/** Mark of a threshold that is not announced yet. */
export const unpublishedThreshold = 'budget-threshold';

/** Reads a threshold from its item. */
export const parseThreshold = createItemParser(thresholdSchema);

/** The item of a threshold: one for each period, which is why each is announced once. */
export const thresholdKey = ({
  caller,
  period,
  periodStart,
  percent,
}: Omit<BudgetThreshold, 'limit' | 'used' | 'finishedAt'>) => ({
  ...budgetKey(caller, periodStart),
  sk: `${periodStart}#${period}#${percent}`,
});

// Longer than a month: afterwards nothing is counted for it any more.
const keptSeconds = 62 * 86_400;

/**
 * Writes down which thresholds of its budget a caller has passed, for dispatch to announce. It comes between the addition and the
 * end of its reservation, so that the recovery of a reservation does what a crash left out.
 *
 * @param at ISO time by which the amount was counted
 * @param counter the caller's counter with the amount
 */
export const recordThresholds = async (
  table: Table,
  { caller, at, budget = {} }: { caller: string; at: string; budget?: Budget | undefined },
  counter: Item,
): Promise<void> => {
  for (const [rule, period] of Object.entries(budgetPeriods) as [BudgetRule, BudgetThreshold['period']][]) {
    const limit = budget[rule];
    if (limit === undefined || limit <= 0) continue;
    const attribute = budgetAttributes(at)[rule];
    const used = Number(counter[attribute] ?? 0);
    for (const percent of budgetThresholds) {
      const mark = `passed_${attribute}_${percent}`;
      if (used < limit * 10 * percent || counter[mark] !== undefined) continue;
      const periodStart = period === 'day' ? at.slice(0, 10) : `${at.slice(0, 7)}-01`;
      const finishedAt = new Date(table.clock.now()).toISOString();
      const passed: BudgetThreshold = { caller, period, periodStart, percent, limit, used, finishedAt };
      await updateItem(table, thresholdKey(passed), {
        set: { ...passed, unpublished: unpublishedThreshold, expiresAt: ttlAfter(table, keptSeconds) },
        when: condition`attribute_not_exists(#pk)`,
      });
      // Only so that the next requests need not look.
      await updateItem(table, budgetKey(caller, at), { set: { [mark]: true }, when: exists });
    }
  }
};
