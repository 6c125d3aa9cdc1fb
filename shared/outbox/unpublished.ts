import { condition, exists } from '../aws/expressions.ts';
import { type Item, parseEach } from '../aws/items.ts';
import { getItem, type ItemKey, queryPages, type Table, updateItem } from '../aws/table.ts';
import type { Batch } from '../batches/batch.ts';
import { batchKey, parseBatch, unpublishedBatch } from '../batches/batch-store.ts';
import { EventNotPublishedError } from '../events/publish.ts';
import type { Job } from '../jobs/job.ts';
import { jobKey, parseJob, unpublishedJob } from '../jobs/job-store.ts';
import { isOfRecord } from '../jobs/set-aside.ts';
import { type BudgetThreshold, parseThreshold, thresholdKey, unpublishedThreshold } from '../usage/budget-threshold.ts';

/** What is announced: that a job or a batch has ended, or that a budget has reached a threshold. */
export type Announced = Job | Batch | BudgetThreshold;

/** Ends that recovery meets for the first time, and those that it failed to publish before: these must not stand in the way. */
export type Try = 'first' | 'again';

/** Jobs that ended before the given time (epoch ms), and whose end is not published; page by page. */
export const unpublishedJobs = (table: Table, which: Try, beforeMs: number, pageSize: number): AsyncGenerator<Job[]> =>
  findMarked(table, markOf(unpublishedJob, which), parseJob, { beforeMs, pageSize });

/** Batches that ended before the given time (epoch ms), and whose end is not published; page by page. */
export const unpublishedBatches = (
  table: Table,
  which: Try,
  beforeMs: number,
  pageSize: number,
): AsyncGenerator<Batch[]> => findMarked(table, markOf(unpublishedBatch, which), parseBatch, { beforeMs, pageSize });

/** Thresholds of budgets that were reached before the given time (epoch ms), and are not announced; page by page. */
export const unpublishedThresholds = (
  table: Table,
  which: Try,
  beforeMs: number,
  pageSize: number,
): AsyncGenerator<BudgetThreshold[]> =>
  findMarked(table, markOf(unpublishedThreshold, which), parseThreshold, { beforeMs, pageSize });

const markOf = (mark: string, which: Try): string => (which === 'first' ? mark : `${mark}-again`);

async function* findMarked<Ended>(
  table: Table,
  mark: string,
  parse: (item: Item) => Ended,
  { beforeMs, pageSize }: { beforeMs: number; pageSize: number },
): AsyncGenerator<Ended[]> {
  const before = new Date(beforeMs).toISOString();
  const where = condition`#unpublished = ${mark} AND #finishedAt < ${before}`;
  for await (const { Items = [] } of queryPages(table, { index: 'unpublished', where, pageSize })) {
    // The index may still hold what has been published meanwhile.
    const records = await Promise.all(Items.map(({ pk, sk }) => getItem(table, { pk: String(pk), sk: String(sk) })));
    const items = records.flatMap((item) => (item?.['unpublished'] === mark ? [item] : []));
    const { parsed, unreadable } = parseEach(table, items, parse);
    // An end that cannot be read cannot be published either; left marked, a few such would take every place for good.
    for (const { key } of unreadable) await clearMark(table, key);
    yield parsed;
  }
}

// Failures of the record are the same each time; a few tries show that they are. All others may be an outage.
const maxFailuresOfRecord = 3;
const maxFailures = 10;
const maxFailingMs = 24 * 3_600_000;

/**
 * Notes that an end could not be published: from now on it is tried apart from the others.
 *
 * @returns `hopeless` once there is no use in trying it again
 */
export const noteFailure = async (
  table: Table,
  ended: Announced,
  error: unknown,
): Promise<'hopeless' | 'try_again'> => {
  const item = await tryToCount(table, keyOf(ended), markOf(findMark(ended), 'again'), error);
  if (item === 'refused') return 'hopeless';
  const failures = Number(item?.['publishFailures'] ?? 0);
  if (isLasting(error)) return failures >= maxFailuresOfRecord ? 'hopeless' : 'try_again';
  const failingMs = table.clock.now() - Date.parse(ended.finishedAt ?? '');
  return failures >= maxFailures && failingMs >= maxFailingMs ? 'hopeless' : 'try_again';
};

const tryToCount = async (
  table: Table,
  key: ItemKey,
  mark: string,
  error: unknown,
): Promise<Item | 'refused' | undefined> => {
  try {
    return await updateItem(table, key, {
      set: { unpublished: mark },
      add: { publishFailures: 1 },
      when: condition`attribute_exists(#unpublished)`,
    });
  } catch (failure) {
    // A record that takes no count any more keeps its place; if its end is at fault too, nothing is left to try.
    if (!isOfRecord(failure)) throw failure;
    return isLasting(error) ? 'refused' : undefined;
  }
};

/** Whether a failure lies in the end itself. EventBridge and the table answer with errors of their own when they are out of reach. */
const isLasting = (error: unknown): boolean =>
  isOfRecord(error) ||
  error instanceof TypeError ||
  error instanceof RangeError ||
  (error instanceof EventNotPublishedError && error.isLasting);

/** Gives up an end that cannot be published; its record stays and says how it ended. */
export const setEndAside = (table: Table, ended: Announced): Promise<void> => clearMark(table, keyOf(ended));

/** Whether nothing of a job's end is left to be published. */
export const isPublished = async (table: Table, jobId: string): Promise<boolean> =>
  (await getItem(table, jobKey(jobId)))?.['unpublished'] === undefined;

/** Clears the mark of an end: it is published, or never will be. */
export const clearMark = async (table: Table, key: ItemKey): Promise<void> => {
  // Without the condition the update would bring back a record that was erased meanwhile.
  await updateItem(table, key, { remove: ['unpublished', 'publishFailures'], when: exists });
};

const findMark = (ended: Announced): string => {
  if ('percent' in ended) return unpublishedThreshold;
  return 'jobId' in ended ? unpublishedJob : unpublishedBatch;
};

/** The key of the item that is marked. */
export const keyOf = (ended: Announced): ItemKey => {
  if ('percent' in ended) return thresholdKey(ended);
  return 'jobId' in ended ? jobKey(ended.jobId) : batchKey(ended.batchId);
};

/** Names what is announced in a line of the log. */
export const describeAnnounced = (ended: Announced): Record<string, unknown> => {
  if ('percent' in ended) return { caller: ended.caller, period: ended.periodStart, percent: ended.percent };
  return 'jobId' in ended ? { jobId: ended.jobId } : { batchId: ended.batchId };
};
