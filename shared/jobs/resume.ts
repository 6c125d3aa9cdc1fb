import type { Table } from '../aws/table.ts';
import { conditionalUpdate } from './conditional-update.ts';
import type { Job } from './job.ts';
import { jobKey, parseJob } from './job-item.ts';

/** How long after its time-out, or after a takeover, a job's durable execution counts as lost, in ms: longer than any storing. */
export const lostAfterMs = 15 * 60_000;

/**
 * Takes a running or storing job over from a durable execution that died.
 *
 * @returns the job with its raised count of resumes, or undefined if it moved on or another dispatch took it
 */
export const resumeTurn = async (table: Table, job: Job): Promise<Job | undefined> => {
  const item = await conditionalUpdate(table, jobKey(job.jobId), {
    expression: 'SET resumes = resumes + :one, queueOrder = :deadline',
    condition: '#state = :state AND #turn = :turn AND resumes = :resumes',
    names: { '#state': 'state', '#turn': 'turn' },
    values: {
      ':one': 1,
      ':deadline': new Date(table.clock.now() + lostAfterMs).toISOString(),
      ':state': job.state,
      ':turn': job.turn,
      ':resumes': job.resumes,
    },
  });
  return item === undefined ? undefined : parseJob(item);
};
