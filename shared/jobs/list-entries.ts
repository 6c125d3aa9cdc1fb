import type { Condition } from '../aws/expressions.ts';
import type { Item } from '../aws/items.ts';
import { type Page, type Query, queryPages, type Table } from '../aws/table.ts';

/** Entries of an index, read as late as possible, in the order in which their jobs were made. */
export interface EntryReader {
  /** The next entry; undefined after the last. */
  next(): Promise<Item | undefined>;
  /** How many entries have been given. */
  count(): number;
  /** Whether there certainly is no other; without a look into the index. */
  isAtEnd(): boolean;
}

/** One partition: what has been read of it and not given yet. */
interface Source {
  pages: AsyncIterator<Page, void>;
  entries: Item[];
  at: number;
  isRead: boolean;
}

const orderIn = (entry: Item): string => String(entry['createdOrder']);

/**
 * Reads partitions of an index side by side, as if they were one. An entry that stands in two of them for a moment, as its job
 * passes from one to the other, is given once.
 *
 * @param partitions in groups, of which the first page of each is read after those of the one before: an entry that passes on to a later
 * group meanwhile is met there. Later pages are read when they are needed: an entry that passes on then may be missed
 */
export const readEntries = (
  table: Table,
  partitions: readonly (readonly Condition[])[],
  query: Omit<Query, 'where'> & Required<Pick<Query, 'index' | 'descending'>>,
): EntryReader => {
  const groups = partitions.map((group) =>
    group.map(
      (where): Source => ({
        pages: queryPages(table, { ...query, where })[Symbol.asyncIterator](),
        entries: [],
        at: 0,
        isRead: false,
      }),
    ),
  );
  const sources = groups.flat();
  const isUsedUp = ({ entries, at }: Source): boolean => at >= entries.length;
  const fill = async (source: Source): Promise<void> => {
    while (isUsedUp(source) && !source.isRead) {
      const { value, done } = await source.pages.next();
      source.entries = done ? [] : value.Items;
      source.at = 0;
      source.isRead = done === true || value.LastEvaluatedKey === undefined;
    }
  };
  let given = 0;
  let last: string | undefined;
  return {
    count: () => given,
    isAtEnd: () => sources.every((source) => isUsedUp(source) && source.isRead),
    next: async () => {
      for (;;) {
        for (const group of groups) await Promise.all(group.map(fill));
        const first = findFirst(sources, query.descending);
        const entry = first?.entries[first.at];
        if (first === undefined || entry === undefined) return undefined;
        first.at += 1;
        if (orderIn(entry) === last) continue;
        last = orderIn(entry);
        given += 1;
        return entry;
      }
    },
  };
};

const findFirst = (sources: readonly Source[], descending: boolean): Source | undefined => {
  let found: Source | undefined;
  for (const source of sources) {
    const entry = source.entries[source.at];
    const best = found?.entries[found.at];
    if (entry === undefined) continue;
    if (best === undefined || orderIn(entry) > orderIn(best) === descending) found = source;
  }
  return found;
};
