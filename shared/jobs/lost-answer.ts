import { findOperation } from '../adobe/services/registry.ts';
import type { Table } from '../aws/table.ts';
import type { Job } from './job.ts';
import { lostAfterMs, transition } from './transitions.ts';

/** How long a service may still write the outputs of a request whose answer was lost, in ms (Adobe: an idle job ends after an hour). */
export const lostAnswerMs = 60 * 60_000;

/** What is known of an answer that was lost. */
export type LostAnswer = Omit<NonNullable<Job['lostAnswer']>, 'at'>;

/**
 * Keeps a job whose request may have reached Adobe while its answer was lost, if its outputs can tell: Adobe was to write them where
 * the gateway can look. The request is never sent a second time.
 *
 * @returns the job as it is followed then; undefined if nothing can tell, or the job has moved on
 */
export const awaitOutputs = async (table: Table, job: Job, lost: LostAnswer): Promise<Job | undefined> => {
  const presume = findOperation(job.operation)?.destinations?.presume;
  if (job.incoming === undefined || job.incoming === 0 || presume === undefined) return undefined;
  return follow(table, job, lost);
};

/**
 * The same for a job whose execution died in its submit: the answer to a synchronous call may lie in the bucket, written by that
 * execution before it died. Who follows the job looks there.
 */
export const awaitTraces = async (table: Table, job: Job, lost: LostAnswer): Promise<Job | undefined> =>
  findOperation(job.operation)?.synchronous === undefined ? awaitOutputs(table, job, lost) : follow(table, job, lost);

const follow = async (table: Table, job: Job, lost: LostAnswer): Promise<Job | undefined> => {
  const now = table.clock.now();
  const at = new Date(now).toISOString();
  return transition(table, job, {
    from: ['submitting'],
    to: 'running',
    order: new Date(now + lostAnswerMs + lostAfterMs).toISOString(),
    changes: {
      upstream: { acceptedAt: at },
      lostAnswer: { ...lost, at },
      tokenRefusals: undefined,
      accessRefusals: undefined,
      error: undefined,
    },
  });
};
