import * as z from 'zod';
import { once } from '../once.ts';
import { type BudgetThreshold, budgetThresholds } from '../usage/budget-threshold.ts';
import { type Announcer, announcer } from './announcer.ts';

const operations = once(() => z.number().min(0));

/**
 * What is told of a budget of which 80 or 100 percent are used for the first time in a period: in `detail` of the event
 * `Budget Threshold Reached`, and in `data` of the webhook `budget.threshold_reached`.
 */
export const budgetThresholdReached = once(() =>
  z
    .object({
      gateway: announcer(),
      caller: z.string(),
      period: z
        .enum(['day', 'month'])
        .meta({ description: 'Which rule it is: `operationsPerDay` or `operationsPerMonth`' }),
      periodStart: z.iso.date().meta({ description: 'First UTC day of the period' }),
      limit: operations().meta({ description: 'The budget, in Operations' }),
      used: operations().meta({ description: 'Operations used by jobs that have ended and reserved for the others' }),
      percent: z.literal(budgetThresholds).meta({ description: 'The part of the budget that was reached' }),
      finishedAt: z.iso.datetime().meta({ description: 'When it was reached' }),
    })
    .meta({ id: 'BudgetThresholdReached' }),
);

/** EventBridge `detail-type` of the event. */
export const budgetThresholdReachedEvent = 'Budget Threshold Reached';

export type BudgetThresholdReached = z.output<ReturnType<typeof budgetThresholdReached>>;

/**
 * What is told of a threshold that was reached.
 *
 * @param announcer the gateway whose caller it is
 */
export const toBudgetThresholdReached = (
  { caller, period, periodStart, limit, used, percent, finishedAt }: BudgetThreshold,
  { stackName }: Announcer,
): BudgetThresholdReached => ({
  gateway: stackName,
  caller,
  period,
  periodStart,
  limit,
  used: used / 1_000,
  percent,
  finishedAt,
});

/** Tells a threshold from the others of its caller. */
export const budgetThresholdId = ({ caller, period, periodStart, percent }: BudgetThresholdReached): string =>
  JSON.stringify([caller, period, periodStart, percent]);
