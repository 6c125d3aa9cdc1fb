import { type Condition, condition } from '../aws/expressions.ts';
import type { Item } from '../aws/items.ts';
import { queryPages, type Table } from '../aws/table.ts';
import { jobPartitions } from '../deployment/tables.ts';
import { keptSeconds } from './reservation.ts';
import { usagePrefix } from './usage-items.ts';

/** The UTC months, such as `2026-03`, whose counters the table may still hold at a time (epoch ms), newest first. */
export const listKeptMonths = (now: number): string[] => {
  const oldest = new Date(now - keptSeconds * 1000).toISOString().slice(0, 'yyyy-mm'.length);
  const months: string[] = [];
  const month = new Date(now);
  // The first, as not every month has a 31st.
  for (month.setUTCDate(1); ; month.setUTCMonth(month.getUTCMonth() - 1)) {
    const text = month.toISOString().slice(0, 'yyyy-mm'.length);
    months.push(text);
    if (text <= oldest) return months;
  }
};

/** Reads, page by page, the items that count what the jobs of a caller cost: budgets and usage. */
export async function* listCallerCosts(table: Table, caller: string): AsyncGenerator<Item[]> {
  const prefix = usagePrefix(caller);
  const partitions: Condition[] = [
    condition`#pk = ${jobPartitions.budget(caller)}`,
    ...listKeptMonths(table.clock.now())
      .flatMap((month) => [jobPartitions.usage(month), jobPartitions.labelUsage(month)])
      .map((partition) => condition`#pk = ${partition} AND begins_with(#sk, ${prefix})`),
  ];
  for (const where of partitions) {
    for await (const { Items = [] } of queryPages(table, { where, consistent: true })) yield Items;
  }
}
