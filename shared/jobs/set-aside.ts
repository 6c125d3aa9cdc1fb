import { writeSetAside } from '../aws/dispatch-status.ts';
import { condition } from '../aws/expressions.ts';
import { type Item, parseEach, UnreadableItemError } from '../aws/items.ts';
import { getItem, type ItemKey, type Table, updateItem } from '../aws/table.ts';
import { jobPartitions } from '../deployment/tables.ts';
import { finalStates, isFinal, type Job, type JobError } from './job.ts';
import { jobKey, markChanged, parseJob, statePart, unpublishedJob } from './job-store.ts';

/** Code of a job whose record cannot be written or read any more. */
export const unprocessableJob = 'job_unprocessable';

const unprocessable: JobError = {
  code: unprocessableJob,
  message: 'The record of the job cannot be updated any more, so that the job cannot be run. Send the request again.',
};

/** How a job ends whose submit was sent and whose outcome is lost. */
export const unknownOutcome: JobError = {
  code: 'submit_outcome_unknown',
  message: 'The request may have reached Adobe, but its answer was lost. It was not sent again, as it may be billed.',
};

/** Code of a job that Adobe took and that could not be followed to its end. */
export const givenUpJob = 'job_given_up';

/**
 * Whether DynamoDB refuses a write for what stands in it: it was not carried out, and repeating it cannot help. The usual
 * reason is an item that would grow past 400 KB.
 */
export const isRefusedWrite = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationException';

/** Whether a failure lies in the record that was to be written or read, so that trying again cannot help. */
export const isOfRecord = (error: unknown): boolean => isRefusedWrite(error) || error instanceof UnreadableItemError;

/**
 * Ends a job whose record takes no further step, so that nothing waits behind it. What makes the record large goes: its
 * warnings, the caller's own columns and all but the last entry of its history.
 *
 * @param error why the job ends; a job that may have reached Adobe says so in its code
 * @returns the failed job, or undefined if it was over already
 */
export const setAsideJob = async (
  table: Table,
  { jobId }: Pick<Job, 'jobId'>,
  error = unprocessable,
): Promise<Job | undefined> => {
  const item = await endUnprocessable(table, jobKey(jobId), error);
  return item && parseJob(item);
};

/**
 * Parses jobs of the queue's index. One that cannot be read is reported, left out and ended: otherwise every run would meet
 * it, and some such jobs would take the places of all others. One that is over leaves the index.
 */
export const parseOpenJobs = async (table: Table, items: readonly Item[]): Promise<Job[]> => {
  const { parsed, unreadable } = parseEach(table, items, parseJob);
  const active = new Set(items.filter(({ queueState }) => queueState === 'active').map(({ pk }) => pk));
  for (const { key } of unreadable) {
    await tryToEnd(table, key, active.has(key.pk) ? unknownOutcome : unprocessable);
  }
  for (const { jobId } of parsed.filter(({ state }) => isFinal(state)))
    await tryToEnd(table, jobKey(jobId), unprocessable);
  return parsed.filter(({ state }) => !isFinal(state));
};

/** What cannot be ended is met, and reported, by the next run again; it must not keep this one from the jobs behind it. */
const tryToEnd = async (table: Table, key: ItemKey, error: JobError): Promise<void> => {
  try {
    if ((await endUnprocessable(table, key, error)) === undefined) await leaveQueue(table, key);
  } catch (failure) {
    if (table.onUnreadable === undefined) throw failure;
    table.onUnreadable(new UnreadableItemError(key, ['state']));
  }
};

/** Takes a job that is over out of the queue's index. */
const leaveQueue = async (table: Table, key: ItemKey): Promise<void> => {
  await updateItem(table, key, { remove: ['queueState', 'queueOrder'], when: condition`#state IN (${finalStates})` });
};

const endUnprocessable = async (table: Table, key: ItemKey, error: JobError): Promise<Item | undefined> => {
  const at = new Date(table.clock.now()).toISOString();
  // It never changes, and the key does not tell it.
  const caller = (await getItem(table, key))?.['caller'];
  const ended = await updateItem(table, key, {
    set: {
      state: 'failed',
      callerState: typeof caller === 'string' ? statePart(caller, 'failed') : undefined,
      error,
      warnings: [],
      history: [{ state: 'failed', at }],
      updatedAt: at,
      finishedAt: at,
      unpublished: unpublishedJob,
      ...markChanged(table, key.pk.slice(jobPartitions.job('').length)),
    },
    remove: ['queueState', 'queueOrder', 'columns', 'result', 'upstream'],
    when: condition`attribute_exists(#pk) AND NOT #state IN (${finalStates})`,
  });
  if (ended !== undefined) await writeSetAside(table, at);
  return ended;
};
