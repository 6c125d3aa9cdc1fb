import { defaultModelVersion } from '#shared/adobe/services/operation-settings.ts';
import type { Batch } from '#shared/batches/batch.ts';
import { admitLines, type LineAdmission } from '#shared/callers/admission.ts';
import { checkPolicy, type PolicyOutcome } from '#shared/callers/check-policy.ts';
import { checkWords, readPolicyWords } from '#shared/callers/denied-words.ts';
import { PolicyRefusal } from '#shared/callers/policy-refusal.ts';
import type { NewJob } from '#shared/jobs/job.ts';
import { isOfRecord } from '#shared/jobs/set-aside.ts';
import { hasLimits } from '#shared/usage/budget-items.ts';
import { budgetPending, reserveCost } from '#shared/usage/reserve-cost.ts';
import type { InboxContext } from '../context.ts';
import { unprocessableLine } from './line-job.ts';
import type { LineRequest, RejectedLine } from './line-request.ts';

/** What a caller's policy says of the lines of a chunk. */
export interface LinePolicy {
  /** Applies the rules that look at one line only. */
  check(line: LineRequest): PolicyOutcome | RejectedLine['error'];
  /** Counts the jobs of lines against what the policy limits, before they are made: the first ones are admitted. */
  admit(
    jobs: readonly Pick<NewJob, 'jobId' | 'line'>[],
    chunk: Parameters<typeof admitLines>[4],
  ): Promise<LineAdmission>;
  /**
   * Reserves what the admitted jobs cost. With a budget the first lines come first, and a line that costs less may still find room
   * behind one that did not. One whose reservation cannot be read or written is rejected, as it would fail those around it at every
   * attempt.
   *
   * @param watch.checkLease throws once another execution may have taken over: called before each step, as many open jobs may have to be
   * counted first
   * @param watch.isCancelled whether no line is to become a job any more; asked each time that more of them have to be counted
   * @returns why some of them cannot be, by their ids
   */
  reserve(
    jobs: readonly NewJob[],
    watch: { checkLease(): void; isCancelled(): Promise<boolean> },
  ): Promise<Map<string, RejectedLine['error'] | 'cancelled'>>;
}

/**
 * Reads the policy of a batch's caller, once for many lines.
 *
 * @throws {PolicyRefusal} if a list that it refers to cannot be read: the lines are tried again later
 */
export const readLinePolicy = async (
  { table, log, operations, readPolicy, readDeniedWords }: InboxContext,
  { caller, priority }: Pick<Batch, 'caller' | 'priority'>,
): Promise<LinePolicy> => {
  const policy = await readPolicy(caller);
  const hasDeniedWord = await readPolicyWords(readDeniedWords, policy);
  return {
    check: (line) => {
      const { operation, modelVersion = defaultModelVersion(operation, operations), body } = line;
      const subject = { operation, modelVersion, body, priority: line.priority ?? priority };
      try {
        const outcome = checkPolicy(policy, subject);
        checkWords(operation, body, hasDeniedWord);
        return outcome;
      } catch (error) {
        if (error instanceof PolicyRefusal) return toLineError(error);
        throw error;
      }
    },
    admit: (jobs, chunk) =>
      admitLines(
        table,
        caller,
        policy,
        jobs.map(({ jobId, line = 0 }) => ({ jobId, line })),
        chunk,
      ),
    reserve: async (jobs, { checkLease, isCancelled }) => {
      if (!hasLimits(policy)) return new Map();
      const refusals = new Map<string, RejectedLine['error'] | 'cancelled'>();
      // One after the other: which lines a budget has room for must not depend on which write comes first.
      for (const [index, job] of jobs.entries()) {
        try {
          let refusal: PolicyRefusal | undefined;
          // A line is not refused for what is still being counted: each call goes on with that.
          for (;;) {
            checkLease();
            refusal = await reserveCost(table, job, policy);
            if (refusal?.code !== budgetPending) break;
            if (await isCancelled()) {
              for (const { jobId } of jobs.slice(index)) refusals.set(jobId, 'cancelled');
              return refusals;
            }
          }
          if (refusal !== undefined) refusals.set(job.jobId, toLineError(refusal));
        } catch (error) {
          if (!isOfRecord(error)) throw error;
          const { batchId, line, jobId } = job;
          log.error('What a line of a batch costs could not be reserved; the line was rejected.', {
            batchId,
            line,
            jobId,
          });
          refusals.set(jobId, unprocessableLine);
        }
      }
      return refusals;
    },
  };
};

/** A refusal as the report has it, in the words of the API. */
export const toLineError = ({ code, message }: PolicyRefusal): RejectedLine['error'] => ({ code, message });
