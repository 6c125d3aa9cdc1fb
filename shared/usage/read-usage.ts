import { condition } from '../aws/expressions.ts';
import { queryItems, type Table } from '../aws/table.ts';
import { jobPartitions } from '../deployment/tables.ts';
import { parseUsageKey, type UsageKind, usagePrefix } from './usage-items.ts';

/** What usage can be told by. */
export const usageDimensions = ['caller', 'label', 'operation', 'model', 'day'] as const;

export type UsageDimension = (typeof usageDimensions)[number];

/** Which usage is asked for. */
export interface UsageQuery {
  /** UTC days, both included. */
  from: string;
  to: string;
  by: readonly UsageDimension[];
  /** Of one caller; of all if undefined. */
  caller?: string | undefined;
  /** More rows are not told. */
  maxRows: number;
}

/** What the jobs cost that have the same in the dimensions asked for. */
export interface UsageRow extends Partial<Record<UsageDimension, string>> {
  jobs: number;
  /** Outputs that Adobe made. */
  outputs: number;
  /** Thousandths of an Operation. */
  cost: number;
}

/**
 * Sums what ended jobs have cost. By label, a job counts for each label that it has, and only jobs with labels count.
 *
 * @returns the rows in the order of their dimensions, or undefined if there are more than asked for
 */
export const readUsage = async (table: Table, query: UsageQuery): Promise<UsageRow[] | undefined> => {
  const rows = new Map<string, UsageRow>();
  for (const month of listMonths(query)) {
    for await (const item of queryItems(table, { where: selectItems(query, month), consistent: true })) {
      const kind = parseUsageKey(String(item['sk']));
      if (kind.day < query.from || kind.day > query.to) continue;
      const key = JSON.stringify(query.by.map((dimension) => kind[dimension]));
      const row = rows.get(key) ?? startRow(query, kind);
      for (const sum of ['jobs', 'outputs', 'cost'] as const) row[sum] += Number(item[sum] ?? 0);
      rows.set(key, row);
      if (rows.size > query.maxRows) return undefined;
    }
  }
  return [...rows].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
};

const selectItems = ({ from, to, by, caller }: UsageQuery, month: string) => {
  const partition = by.includes('label') ? jobPartitions.labelUsage(month) : jobPartitions.usage(month);
  return caller === undefined
    ? condition`#pk = ${partition}`
    : condition`#pk = ${partition} AND #sk BETWEEN ${usagePrefix(caller, from)} AND ${`${usagePrefix(caller, to)}~`}`;
};

const startRow = ({ by }: UsageQuery, kind: UsageKind): UsageRow => ({
  ...Object.fromEntries(by.map((dimension) => [dimension, kind[dimension] ?? ''])),
  jobs: 0,
  outputs: 0,
  cost: 0,
});

const listMonths = ({ from, to }: Pick<UsageQuery, 'from' | 'to'>): string[] => {
  const months: string[] = [];
  const date = new Date(`${from.slice(0, 7)}-01T00:00:00.000Z`);
  while (date.toISOString().slice(0, 7) <= to.slice(0, 7)) {
    months.push(date.toISOString().slice(0, 7));
    date.setUTCMonth(date.getUTCMonth() + 1);
  }
  return months;
};
