import { jobPartitions } from '../deployment/tables.ts';

/** What the jobs of a caller may cost, in Operations; what is undefined has no limit. */
export interface Budget {
  operationsPerDay?: number | undefined;
  operationsPerMonth?: number | undefined;
}

/** A rule of a budget. */
export type BudgetRule = keyof Budget;

/** Whether anything is limited: nothing needs to be reserved where nothing is. */
export const hasLimits = ({ operationsPerDay, operationsPerMonth }: Budget): boolean =>
  operationsPerDay !== undefined || operationsPerMonth !== undefined;

/** For how long each rule counts: UTC days and months. */
export const budgetPeriods = { operationsPerDay: 'day', operationsPerMonth: 'month' } as const satisfies Record<
  BudgetRule,
  string
>;

/** The item that counts what the jobs of a caller cost in a UTC month, in all and by day. */
export const budgetKey = (caller: string, at: string) => ({
  pk: jobPartitions.budget(caller),
  sk: at.slice(0, 'yyyy-mm'.length),
});

/** The item that says how far the caller's open jobs are reserved. */
export const openJobsKey = (caller: string) => ({ pk: jobPartitions.budget(caller), sk: 'open' });

/** The attributes of the month's item which count one day, and the month: thousandths of an Operation. */
export const budgetAttributes = (at: string) => ({
  operationsPerDay: `d${at.slice(8, 10)}`,
  operationsPerMonth: 'month',
});

/** The same amount for the day and the month. */
export const toBudgetAmounts = (at: string, amount: number): Record<string, number> =>
  Object.fromEntries(Object.values(budgetAttributes(at)).map((attribute) => [attribute, amount]));
