import { condition } from '../../aws/expressions.ts';
import { type Table, updateItem } from '../../aws/table.ts';
import type { Job } from '../job.ts';
import { getJob, jobKey, markChanged, parseJob } from '../job-store.ts';
import { endJob, maxTurnsWithHistory } from '../transitions.ts';
import { releasePermits } from './permits.ts';

/**
 * What a cancel request led to: the job ended here and now, Adobe will be asked to cancel it, or it is too late because
 * Adobe has finished it.
 */
export type Cancellation = { outcome: 'cancelled' | 'requested' | 'too_late'; job: Job };

/**
 * Cancels a job. Before its submit it ends at once and its permits can be used by another; once it may be at Adobe, the
 * wish is recorded for the durable execution that follows the job. A job that was cancelled since it was read counts as cancelled by
 * this call: it was, if DynamoDB's answer was lost and the SDK repeated the write.
 *
 * @returns undefined if the job has been erased meanwhile
 */
export const cancelJob = async (table: Table, known: Job): Promise<Cancellation | undefined> => {
  let job: Job | undefined = known;
  let before: Job | undefined;
  while (job !== undefined) {
    if (job.state === 'queued' || job.state === 'scheduled') {
      const ended = await endJob(table, job, [job.state], { to: 'cancelled' });
      if (ended !== undefined) {
        if (job.state === 'scheduled') await releasePermits(table, job);
        return { outcome: 'cancelled', job: ended };
      }
    } else if (job.state === 'submitting' || job.state === 'running') {
      const asked = await requestCancel(table, job);
      if (asked !== undefined) return { outcome: 'requested', job: asked };
    } else if (job.state === 'cancelled' && before !== undefined) {
      if (isUnsent(job, before)) await releasePermits(table, before);
      return { outcome: 'cancelled', job };
    } else {
      return { outcome: 'too_late', job };
    }
    before = job;
    job = await getJob(table, job.jobId);
  }
  return undefined;
};

/**
 * Whether a cancelled job surely ended in the turn that it was read in, before the fence: else that turn's permits may have been used, and
 * come free by themselves.
 */
const isUnsent = (job: Job, before: Job): boolean =>
  before.state === 'scheduled' &&
  job.turn === before.turn &&
  job.turn <= maxTurnsWithHistory &&
  job.history.at(-2)?.state === 'scheduled';

const requestCancel = async (table: Table, job: Job): Promise<Job | undefined> => {
  const item = await updateItem(table, jobKey(job.jobId), {
    set: markChanged(table, job.jobId),
    setIfAbsent: { cancelRequestedAt: new Date(table.clock.now()).toISOString() },
    when: condition`#state = ${job.state} AND #turn = ${job.turn}`,
  });
  return item === undefined ? undefined : parseJob(item);
};
