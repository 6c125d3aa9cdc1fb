import { condition } from '../aws/expressions.ts';
import { createItemParser, parseEach } from '../aws/items.ts';
import { queryItems, type Table } from '../aws/table.ts';
import { auditPartition } from '../deployment/tables.ts';
import { type AuditAction, type AuditEntry, auditEntrySchema, auditRetentionDays } from './entry.ts';

const parseEntry = createItemParser(auditEntrySchema);

/** Which entries are asked for. */
export interface AuditSearch {
  /** ISO time, inclusive. */
  from: string;
  /** ISO time, exclusive. */
  to: string;
  actor?: string;
  action?: AuditAction;
  limit: number;
  /** Where the page before ended: see {@link AuditPage.next}. */
  before?: string;
}

/** Entries, newest first; a page may be empty though others follow. */
export interface AuditPage {
  entries: AuditEntry[];
  /** Absent on the last page. */
  next?: string;
}

// A search for a rare actor returns after so many entries, or days, even with an empty page.
const maxSearched = 2_000;
const maxDays = 60;

const dayMs = 86_400_000;
const noId = '00000000-0000-0000-0000-000000000000';

/** Reads one page of the trail. */
export const listEntries = async (table: Table, search: AuditSearch): Promise<AuditPage> => {
  const { to, actor, action, limit } = search;
  const oldest = new Date(table.clock.now() - auditRetentionDays * dayMs).toISOString();
  const from = search.from < oldest ? oldest : search.from;
  const before = search.before !== undefined && search.before < to ? search.before : to;
  const entries: AuditEntry[] = [];
  let searched = 0;
  // The instant before it: a page that ends at midnight goes on with the day before.
  let day = Date.parse(before.slice(0, 24));
  for (let days = 0; days < maxDays; days += 1) {
    const start = new Date(day).toISOString();
    const where = condition`#pk = ${auditPartition(start)} AND #sk < ${before}`;
    for await (const item of queryItems(table, { where, descending: true, consistent: true, pageSize: 100 })) {
      const key = String(item['sk']);
      if (key < from) return { entries };
      const [entry] = parseEach(table, [item], parseEntry).parsed;
      const isWanted = (actor ?? entry?.actor) === entry?.actor && (action ?? entry?.action) === entry?.action;
      if (entry !== undefined && isWanted) entries.push(entry);
      searched += 1;
      if (entries.length === limit || searched === maxSearched) return { entries, next: key };
    }
    if (start.slice(0, 10) <= from.slice(0, 10)) return { entries };
    day -= dayMs;
  }
  return { entries, next: `${new Date(day + dayMs).toISOString().slice(0, 10)}T00:00:00.000Z#${noId}` };
};
