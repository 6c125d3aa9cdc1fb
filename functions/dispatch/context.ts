import type { DispatchRequest } from '#shared/aws/invoke-functions.ts';
import type { Table } from '#shared/aws/table.ts';
import type { BatchRun } from '#shared/batches/batch-progress.ts';
import type { ErasureRun } from '#shared/erasing/erasure.ts';
import type { EventBus } from '#shared/events/publish.ts';
import type { Job, Turn } from '#shared/jobs/job.ts';
import type { Lanes } from '#shared/jobs/lanes/lane.ts';
import type { Log, RecordMetric } from '#shared/observability.ts';

/** Starts the durable execution that runs one turn of a job; the same name starts it only once. */
export type StartTurn = (job: Job, executionName: string) => Promise<void>;

/** Starts the durable execution that does what there is to do for a batch; the same name starts it only once. */
export type StartRun = (run: BatchRun, executionName: string) => Promise<void>;

/** Starts the durable execution that goes on with an erasure; the same name starts it only once. */
export type StartErasure = (run: ErasureRun, executionName: string) => Promise<void>;

/** What dispatch is started with: by its schedule, or by a request; an earlier version of the other functions says nothing of that. */
export interface DispatchEvent extends Partial<DispatchRequest> {
  scheduled?: boolean;
}

/** What dispatch works with; the handler makes one for the life of the process. */
export interface DispatchContext {
  table: Table;
  lanes: Lanes;
  bus: EventBus;
  startTurn: StartTurn;
  startRun: StartRun;
  startErasure: StartErasure;
  /** Spreads concurrent dispatchers over the permits; between 0 and 1. */
  random: () => number;
  log: Log;
  recordMetric: RecordMetric;
}

/**
 * Name of a turn's durable execution (Lambda: at most 64 characters of a-z, A-Z, 0-9, `-`, `_`).
 *
 * @param resumes how often the turn was taken over from an execution that died
 */
export const turnExecutionName = ({ jobId, turn }: Turn, resumes = 0): string =>
  resumes === 0 ? `${jobId}-${turn}` : `${jobId}-${turn}-${resumes}`;

/** Name of the durable execution of a batch's run; the same limits apply. */
export const runExecutionName = ({ batchId, run }: BatchRun): string => `${batchId}-${run}`;
