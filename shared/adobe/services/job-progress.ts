import { isFailedOutput, type ListedOutput, type Reason, type ResultShape } from './outputs.ts';

/** What callers can see of a job, whatever the words of its service. */
export type JobPhase =
  | 'pending'
  | 'running'
  | 'succeeded'
  | 'partially_succeeded'
  | 'failed'
  | 'cancelled'
  | 'timed_out';

/** What a status body says about a job. */
export type JobProgress =
  | { kind: 'running' }
  | {
      kind: 'succeeded';
      outputs: ListedOutput[];
      result: Record<string, unknown>;
      /** Adobe's own for a success without outputs, or with some of them. */
      reason?: Reason;
      /** Adobe says that not all of the job was done. */
      isPartial?: boolean;
    }
  | { kind: 'failed' | 'cancelled' | 'timed_out'; code: string; message: string };

/** What Adobe says of a job that has succeeded there. */
export type Finished = Extract<JobProgress, { kind: 'succeeded' }>;

/** What Adobe says of a job that has ended there without a result. */
export type Unsuccessful = Exclude<JobProgress, { kind: 'running' | 'succeeded' }>;

/** Reads what a service says of a job that has ended well: all of it, or with `isPartial` some of it. */
export const readSuccess = (
  shape: ResultShape,
  result: unknown,
  { reason, isPartial }: { reason?: Reason; isPartial?: boolean } = {},
): JobProgress => {
  const read = shape.read(result);
  return read === undefined
    ? { kind: 'failed', code: 'result_not_understood', message: 'Adobe reported success without a list of outputs.' }
    : { kind: 'succeeded', outputs: read.outputs, result: read.rest, reason, isPartial };
};

/** The first error among the outputs, for services that fail a job without a code of its own. */
export const findOutputError = (shape: ResultShape, result: unknown): Reason | undefined =>
  shape.read(result)?.outputs.find(isFailedOutput)?.error;
