import { condition } from '../../aws/expressions.ts';
import { type Table, updateItem } from '../../aws/table.ts';
import type { Job, JobError } from '../job.ts';
import { delayedPart, jobKey, parseJob, queuedPart } from '../job-store.ts';

/**
 * A turn is lost if it ends before its submit for a reason that lies with its job, such as an input that cannot be brought to
 * Adobe. The job goes back to the head of the queue and would hold one permit after the other; so it waits longer from turn
 * to turn while others go first, and ends in the end. A job that passes the fence begins anew.
 */

/** Lost turns in a row after which a job is given up: with the delays below about a day. */
export const maxLostTurns = 30;

const firstDelayMs = 60_000;
const maxDelayMs = 60 * 60_000;

/** How long a job waits after so many lost turns in a row, in ms. The first one may have been an accident and costs no time. */
export const delayAfterLostMs = (lostTurns: number): number =>
  lostTurns <= 1 ? 0 : Math.min(maxDelayMs, firstDelayMs * 2 ** (lostTurns - 2));

/** How a job ends that was given up: nothing was sent, nothing is billed. */
export const neverSubmitted = ({ message }: JobError): JobError => ({
  code: 'never_submitted',
  message: `None of ${maxLostTurns} turns came as far as the submit, the last one for this reason: ${message}`,
});

/**
 * Lets a delayed job wait in its queue again, at its old rank.
 *
 * @returns undefined if it has moved on
 */
export const rejoinQueue = async (table: Table, { jobId, lane, rank }: Job): Promise<Job | undefined> => {
  const item = await updateItem(table, jobKey(jobId), {
    set: { queueState: queuedPart(lane), queueOrder: rank, delayedUntil: undefined },
    when: condition`#state = ${'queued' satisfies Job['state']} AND #queueState = ${delayedPart}`,
  });
  return item && parseJob(item);
};
