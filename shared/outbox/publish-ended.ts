import { getItems } from '../aws/batch-get.ts';
import { type TriggerDispatch, tryTriggerDispatch } from '../aws/invoke-functions.ts';
import type { Item } from '../aws/items.ts';
import type { ItemKey, Table } from '../aws/table.ts';
import { countEnd } from '../batches/count-end.ts';
import { batchEndedEvent, toBatchEnded } from '../events/batch-ended.ts';
import { budgetThresholdReachedEvent, toBudgetThresholdReached } from '../events/budget-threshold-reached.ts';
import { jobEndedEvent, toJobEnded } from '../events/job-ended.ts';
import { type EventBus, publish } from '../events/publish.ts';
import type { Job } from '../jobs/job.ts';
import { expireRequest } from '../jobs/request-store.ts';
import { isOfRecord } from '../jobs/set-aside.ts';
import { metricNames } from '../metrics.ts';
import type { Log, RecordMetric } from '../observability.ts';
import { reservationKey } from '../usage/reservation.ts';
import { settleJob } from '../usage/settlement.ts';
import { listeningKey, saysWithoutWebhooks } from '../webhooks/listening-callers.ts';
import { type Announced, clearMark, describeAnnounced, keyOf } from './unpublished.ts';

/**
 * The outbox: the write that ends a job or batch marks it `unpublished`, the end is published, and then the mark is cleared.
 * Whatever crashes in between, dispatch finds the mark; an end is published at least once. So is a budget's threshold.
 */
export interface Outbox {
  table: Table;
  bus: EventBus;
  log: Pick<Log, 'warn'>;
  recordMetric: RecordMetric;
  /** Has the report of a batch written at once after its last job; dispatch itself needs no trigger. */
  triggerDispatch?: TriggerDispatch;
}

/**
 * Publishes the end of a job or batch, or a threshold that a budget has reached, and clears its mark. A job of a batch is counted there first, so that the
 * event never comes before the count.
 *
 * @throws {EventNotPublishedError} if EventBridge refused the event
 */
export const publishEnded = async (outbox: Outbox, ended: Announced): Promise<void> => {
  const { table, bus, log, triggerDispatch, recordMetric } = outbox;
  if ('percent' in ended) {
    await publish(bus, budgetThresholdReachedEvent, toBudgetThresholdReached(ended, bus));
    if (ended.percent === 100) recordMetric(metricNames.budgetExceeded, 1);
    return clearMark(table, keyOf(ended));
  }
  if (!('jobId' in ended)) {
    await publish(bus, batchEndedEvent, toBatchEnded(ended, bus));
    return clearMark(table, keyOf(ended));
  }
  const isLast = await tryCountEnd(outbox, ended);
  const { reservation, listening } = await readBesides(table, ended);
  await trySettle(outbox, ended, reservation);
  await keepAsLongAsRecord(table, ended);
  await publish(bus, jobEndedEvent, toJobEnded(ended, bus, saysWithoutWebhooks(listening)));
  await clearMark(table, keyOf(ended));
  if (isLast && triggerDispatch !== undefined) await tryTriggerDispatch({ triggerDispatch, log });
};

/**
 * The same where the end itself is what counts: a failure is logged, as dispatch publishes what is left.
 *
 * @returns whether the end is published
 */
export const tryPublishEnded = async (outbox: Outbox, ended: Announced): Promise<boolean> => {
  try {
    await publishEnded(outbox, ended);
    return true;
  } catch (error) {
    outbox.log.warn('An end could not be published; dispatch publishes it.', {
      ...describeAnnounced(ended),
      error: String(error),
    });
    return false;
  }
};

/** What is to know of an ended job besides its record, in one call: a webhook that is made from now on is made after the end. */
const readBesides = async (table: Table, ended: Job): Promise<{ reservation?: Item; listening?: Item }> => {
  const keys = { reservation: reservationKey(ended), listening: listeningKey(ended.caller) };
  const items = await getItems(table, Object.values(keys), 'all');
  const find = (key: Required<ItemKey>) => items.find(({ pk, sk }) => pk === key.pk && sk === key.sk);
  return { reservation: find(keys.reservation), listening: find(keys.listening) };
};

/** The request of a job goes with its record; those of a batch are kept until the batch has ended, to be tried again. */
const keepAsLongAsRecord = async (table: Table, ended: Job): Promise<void> => {
  if (ended.batchId !== undefined || ended.finishedAt === undefined) return;
  await expireRequest(table, ended, Math.floor(Date.parse(ended.finishedAt) / 1000) + ended.retentionSeconds);
};

/** A reservation that cannot be read stays counted as it was reserved; it must not keep an end from being published. */
const trySettle = async (
  { table, log, recordMetric }: Outbox,
  ended: Job,
  reservation: Item | undefined,
): Promise<void> => {
  try {
    const cost = await settleJob(table, ended, { reservation });
    if (cost) recordMetric(metricNames.operations, cost / 1_000, { operation: ended.operation });
  } catch (error) {
    if (!isOfRecord(error)) throw error;
    log.warn('The cost of a job could not be counted.', { jobId: ended.jobId, error: String(error) });
  }
};

/**
 * A record that takes no mark that it was counted, or a batch that cannot be read, must not keep an end from being published; the
 * recount counts it by its state.
 */
const tryCountEnd = async ({ table, log }: Outbox, ended: Job): Promise<boolean> => {
  try {
    return await countEnd(table, ended);
  } catch (error) {
    if (!isOfRecord(error)) throw error;
    log.warn('The end of a job could not be counted in its batch.', { jobId: ended.jobId, error: String(error) });
    return false;
  }
};
