import type { Table } from '../aws/table.ts';
import { conditionalUpdate } from './conditional-update.ts';
import { finalStates, type Job, type JobError } from './job.ts';
import { jobKey, parseJob } from './job-item.ts';

/** Code of a job whose record cannot be written any more. */
export const unprocessableJob = 'job_unprocessable';

/**
 * Whether DynamoDB refuses a write for what stands in it: it was not carried out, and repeating it cannot help. The usual
 * reason is an item that would grow past 400 KB.
 */
export const isRefusedWrite = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationException';

/**
 * Ends a job whose record takes no further step, so that nothing waits behind it. What makes the record large goes: the
 * request and all but the last entry of its history.
 *
 * @param jobError why the job ends; a job that may have reached Adobe says so in its code
 * @returns the failed job, or undefined if it was over already
 */
export const setAsideJob = async (
  table: Table,
  { jobId }: Pick<Job, 'jobId'>,
  jobError: JobError = {
    code: unprocessableJob,
    message: 'The record of the job cannot be updated any more, so that the job cannot be run. Send the request again.',
  },
): Promise<Job | undefined> => {
  const at = new Date(table.clock.now()).toISOString();
  const finals = Object.fromEntries(finalStates.map((state, index) => [`:final${index}`, state]));
  const item = await conditionalUpdate(table, jobKey(jobId), {
    expression:
      'SET #state = :failed, #error = :error, #request = :request, #history = :history, updatedAt = :at, ' +
      'finishedAt = :at, unpublished = :yes REMOVE queueState, queueOrder, #result, upstream',
    condition: `attribute_exists(pk) AND NOT #state IN (${Object.keys(finals).join(', ')})`,
    names: {
      '#state': 'state',
      '#error': 'error',
      '#request': 'request',
      '#history': 'history',
      '#result': 'result',
    },
    values: {
      ...finals,
      ':failed': 'failed',
      ':error': jobError,
      ':request': '{}',
      ':history': [{ state: 'failed', at }],
      ':at': at,
      ':yes': 'yes',
    },
  });
  return item === undefined ? undefined : parseJob(item);
};
