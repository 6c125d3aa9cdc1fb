import type { Priority } from '../jobs/job.ts';

/**
 * What a batch can be doing: its file is read into jobs, they run, the report is written. The last two are final; a file
 * that cannot be taken as a whole is refused.
 */
export const batchStates = ['reading', 'running', 'reporting', 'finished', 'refused'] as const;

export type BatchState = (typeof batchStates)[number];

/** The states in which a job of a batch can end. */
export const endStates = ['succeeded', 'failed', 'cancelled', 'timed_out'] as const;

export type EndState = (typeof endStates)[number];

/** One version of one object in S3. */
export interface BatchSource {
  bucket: string;
  key: string;
  versionId?: string;
  /** Tells versions apart where the bucket has none. */
  etag?: string;
}

/** A place in the prepared file of a batch: the number of the next line, from 1, and the byte at which it begins. */
export interface ReadPosition {
  line: number;
  offset: number;
}

/** How far a file has been read: what its lines have become. */
export interface LineCounts {
  /** Lines that are jobs. */
  jobs: number;
  /** Lines that cannot be jobs. */
  rejected: number;
  /** Lines that were not made into jobs, as the batch had been cancelled before. */
  skipped: number;
  /** Lines with nothing in them. */
  blank: number;
}

/** Nothing read yet. */
export const noLines: LineCounts = { jobs: 0, rejected: 0, skipped: 0, blank: 0 };

/** Many requests from one file, reported on together. Times are ISO strings. */
export interface Batch extends LineCounts {
  batchId: string;
  /** Empty for a file outside every team's folder: nobody can ask for such a batch. */
  caller: string;
  state: BatchState;
  /** Where the requests are; absent until the requests of a retry are written. */
  source?: BatchSource;
  /** Of every line that names none of its own. */
  priority: Priority;
  /** The batch whose failed jobs are tried again. */
  retryOf?: string;
  /** Tells a repeated call from another one with the same idempotency key. */
  requestHash?: string;
  /** How many lines the file has; known once it has been counted. */
  lines?: number;
  /** How far the file has been read, as of the last lines that were begun; the counts of lines are those up to there. */
  readTo?: ReadPosition;
  /** Ended jobs by state; may lag behind after a crash, until somebody counts again. */
  counts: Record<EndState, number>;
  /** Rises with each counted end. */
  revision: number;
  /** Durable executions that have been started for the batch; an older one has nothing to say any more. */
  works: number;
  /** How many of them in a row have begun to read and got nowhere, the last one included. */
  tries: number;
  /** The number of the last one that has begun to read. */
  lastAttemptRun?: number;
  /** Why the file was refused. */
  error?: { code: string; message: string };
  createdAt: string;
  updatedAt: string;
  startedAt?: string;
  finishedAt?: string;
  /** When the last end of a job was counted. */
  lastEndedAt?: string;
  cancelRequestedAt?: string;
  /** When every job had been told of the cancellation. */
  cancelledAt?: string;
  /** How long the record is kept after the end, in seconds. */
  retentionSeconds: number;
}

/** Whether nothing more will happen to a batch in this state. */
export const isOver = (state: BatchState): boolean => state === 'finished' || state === 'refused';

/** No job has ended yet. */
export const noEnds: Record<EndState, number> = { succeeded: 0, failed: 0, cancelled: 0, timed_out: 0 };

/** How many jobs have been counted as ended. */
export const endedJobs = ({ counts }: Pick<Batch, 'counts'>): number =>
  endStates.reduce((sum, state) => sum + counts[state], 0);

/** Whether every job has been counted as ended. */
export const isComplete = (batch: Pick<Batch, 'counts' | 'jobs'>): boolean => endedJobs(batch) >= batch.jobs;
