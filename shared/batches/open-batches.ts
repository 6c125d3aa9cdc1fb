import { allOf, condition } from '../aws/expressions.ts';
import { parseEach, UnreadableItemError } from '../aws/items.ts';
import { getItem, type ItemKey, queryPages, type Table, updateItem } from '../aws/table.ts';
import { type Batch, isComplete } from './batch.ts';
import { batchKey, openBatches, parseBatch, setAsideBatch } from './batch-store.ts';

/** How long a durable execution may be silent before it counts as lost, in ms: longer than any step. */
export const leaseMs = 15 * 60_000;

/** Between two checks of a batch that stands still, in ms; they become rarer the longer it does. */
const minCheckMs = 15 * 60_000;
const maxCheckMs = 6 * 3_600_000;

/** A batch that is due for a check, and the time from which on it is (ISO). */
export interface DueBatch {
  batch: Batch;
  dueAt: string;
}

/**
 * Batches that are due for a check, longest due first, in pages; eventually consistent, so claim them conditionally. One that
 * cannot be read is set aside.
 */
export async function* dueBatches(table: Table, pageSize: number): AsyncGenerator<DueBatch[]> {
  const now = new Date(table.clock.now()).toISOString();
  const where = condition`#queueState = ${openBatches} AND #queueOrder <= ${now}`;
  for await (const { Items = [] } of queryPages(table, { index: 'queue', where, pageSize })) {
    const records = await Promise.all(Items.map(({ pk, sk }) => getItem(table, { pk: String(pk), sk: String(sk) })));
    // The index may lag behind: a batch that has moved on is not due any more.
    const due = records.flatMap((item) => (item !== undefined && String(item['queueOrder']) <= now ? [item] : []));
    const { parsed, unreadable } = parseEach(table, due, (item) => ({
      batch: parseBatch(item),
      dueAt: String(item['queueOrder']),
    }));
    for (const { key } of unreadable) await tryToSetAside(table, key);
    yield parsed;
  }
}

/** What cannot be set aside is met, and reported, by the next run again; it must not keep this one from the batches behind it. */
const tryToSetAside = async (table: Table, key: ItemKey): Promise<void> => {
  try {
    await setAsideBatch(table, key);
  } catch (failure) {
    if (table.onUnreadable === undefined) throw failure;
    table.onUnreadable(new UnreadableItemError(key, ['state']));
  }
};

/** Whether a batch has something to do for a durable execution now, rather than waiting for its jobs. */
export const needsRun = (batch: Batch, nowMs: number): boolean =>
  batch.state !== 'running' ||
  isComplete(batch) ||
  (batch.cancelRequestedAt !== undefined && batch.cancelledAt === undefined) ||
  nowMs - lastMoveMs(batch) >= minCheckMs;

/** When to check a batch again that waits for its jobs, in epoch ms. */
export const nextCheckAt = (batch: Batch, nowMs: number): number =>
  nowMs + Math.min(maxCheckMs, Math.max(minCheckMs, nowMs - lastMoveMs(batch)));

const lastMoveMs = ({ lastEndedAt, createdAt }: Batch): number => Date.parse(lastEndedAt ?? createdAt);

/**
 * Claims a due batch for a new durable execution, which fences off all earlier ones.
 *
 * @returns the batch with its raised run, or undefined if another dispatch was faster
 */
export const claimRun = async (table: Table, { batch, dueAt }: DueBatch): Promise<Batch | undefined> => {
  const lease = new Date(table.clock.now() + leaseMs).toISOString();
  const claimed = await updateItem(table, batchKey(batch.batchId), {
    add: { run: 1 },
    set: { queueOrder: lease },
    when: condition`#run = ${batch.run} AND #queueOrder = ${dueAt}`,
  });
  if (claimed !== undefined) return parseBatch(claimed);
  // It may be our own write that stands there, with its answer lost; the same run starts only once.
  const item = await getItem(table, batchKey(batch.batchId));
  return item?.['run'] === batch.run + 1 && item['queueOrder'] === lease ? parseBatch(item) : undefined;
};

/** Brings the check of a batch forward that moves again: it had stood still, so that the next one is far away. */
export const scheduleCheck = async (table: Table, due: DueBatch): Promise<void> => {
  const soon = new Date(table.clock.now() + minCheckMs).toISOString();
  if (due.dueAt > soon) await moveCheck(table, due, soon, { onlyRunning: true });
};

/** Puts off the check of a due batch that waits for its jobs. */
export const postponeCheck = (table: Table, due: DueBatch): Promise<void> =>
  moveCheck(table, due, new Date(nextCheckAt(due.batch, table.clock.now())).toISOString());

const moveCheck = async (
  table: Table,
  { batch, dueAt }: DueBatch,
  to: string,
  { onlyRunning = false } = {},
): Promise<void> => {
  await updateItem(table, batchKey(batch.batchId), {
    set: { queueOrder: to },
    when: allOf(
      condition`#queueOrder = ${dueAt}`,
      onlyRunning ? condition`#state = ${'running' satisfies Batch['state']}` : undefined,
    ),
  });
};
