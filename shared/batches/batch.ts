import * as z from 'zod';
import { type FinalState, finalStates } from '../jobs/job.ts';
import { once } from '../once.ts';
import { priorities } from '../priority.ts';
import { labelsSchema } from '../requests/labels.ts';

/**
 * What a batch can be doing: its file is read into jobs, they run, the report is written. `finished` and `refused` are final, the
 * latter for a file that cannot be taken as a whole, until the batch is erased: then it goes, with all that it is made of.
 */
export const batchStates = ['reading', 'running', 'reporting', 'finished', 'refused', 'erasing'] as const;

export type BatchState = (typeof batchStates)[number];

const batchSource = once(() =>
  z.object({
    bucket: z.string(),
    key: z.string(),
    versionId: z.string().optional(),
    /** S3's tag of the content, without quotes: tells one content from another. */
    etag: z.string().optional(),
  }),
);

/** One version of one object in S3. */
export type BatchSource = z.output<ReturnType<typeof batchSource>>;

const readPosition = once(() => z.object({ line: z.number(), offset: z.number() }));

/** A place in the prepared file of a batch: the number of the next line, from 1, and the byte at which it begins. */
export type ReadPosition = z.output<ReturnType<typeof readPosition>>;

const lineCounts = once(() =>
  z.object({
    /** Lines that are jobs. */
    jobs: z.number(),
    /** Lines that cannot be jobs. */
    rejected: z.number(),
    /** Lines that were not made into jobs, as the batch had been cancelled before. */
    skipped: z.number(),
  }),
);

/** How far a file has been read: what its lines have become. */
export type LineCounts = z.output<ReturnType<typeof lineCounts>>;

/** Nothing read yet. */
export const noLines: LineCounts = { jobs: 0, rejected: 0, skipped: 0 };

/** What the table holds of a batch; its own attributes, for keys and indexes, are not part of the batch. */
export const batchSchema = once(() =>
  lineCounts().extend({
    batchId: z.string(),
    /** Empty for a file outside every team's folder: no caller can ask for such a batch. */
    caller: z.string().default(''),
    state: z.enum(batchStates),
    /** Where the requests are; absent until the requests of a retry are written. */
    source: batchSource().optional(),
    /** Of every line that names none of its own. */
    priority: z.enum(priorities),
    /** How the outputs of lines without a name of their own are called, with placeholders. */
    outputName: z.string().optional(),
    /** Of every line, unless it has others of the same names. */
    labels: labelsSchema().optional(),
    /** The batch whose failed jobs are tried again. */
    retryOf: z.string().optional(),
    /** Tells a repeated call from another one with the same idempotency key. */
    requestHash: z.string().optional(),
    /** Names of the columns of the file that are no part of a request and come back in the report. */
    columns: z.array(z.string()).optional(),
    /** What the caller should know though the file was taken. */
    warnings: z.array(z.string()).optional(),
    /** How many requests the file has; known once they have been counted. */
    lines: z.number().optional(),
    /** How far the file has been read, as of the last lines that were begun; the counts of lines are those up to there. */
    readTo: readPosition()
      .extend({
        /** When these lines were begun for the first time, epoch ms; absent while they wait. */
        begunAt: z.number().optional(),
      })
      .optional(),
    /** The requests of lines up to this one are counted for its caller; known of a batch that has waited. */
    countedTo: z.number().optional(),
    /** Of the lines up to there, the jobs by the lane under whose limits each waits; absent before the first. */
    jobsInLanes: z.record(z.string(), z.number()).optional(),
    /** What its caller has to have room for before the reading begins, or goes on. */
    waiting: z
      .object({
        rule: z.enum(['openBatches', 'queuedJobs']),
        since: z.string(),
        /** The run that left the batch to wait: while it is the latest one, no execution is under way. Absent before the first. */
        run: z.number().optional(),
      })
      .optional(),
    /** Ended jobs by state; lags behind after a crash, until the batch is recounted. */
    counts: z.record(z.enum(finalStates), z.number()),
    /** Rises with each counted end. */
    revision: z.number(),
    /** Fencing token: the number of the latest durable execution; an earlier one no longer writes. */
    run: z.number(),
    /** How many runs in a row have begun to read and got nowhere, the last one included. */
    readAttempts: z.number(),
    /** The last run that has begun to read. */
    lastAttemptRun: z.number().optional(),
    /** Why the file was refused. */
    error: z.object({ code: z.string(), message: z.string() }).optional(),
    createdAt: z.string(),
    updatedAt: z.string(),
    startedAt: z.string().optional(),
    finishedAt: z.string().optional(),
    /** When the last end of a job was counted. */
    lastEndedAt: z.string().optional(),
    cancelRequestedAt: z.string().optional(),
    /** When the cancellation had reached every job. */
    cancelledAt: z.string().optional(),
    /** How long the record is kept after the end, in seconds. */
    retentionSeconds: z.number(),
  }),
);

/** Many requests from one file, reported on together. Times are ISO strings. */
export type Batch = z.output<ReturnType<typeof batchSchema>>;

/** Whether a batch in this state has come to its end, and is still there. */
export const isOver = (state: BatchState): boolean => state === 'finished' || state === 'refused';

/** No job has ended yet. */
export const noEnds: Readonly<Record<FinalState, number>> = {
  succeeded: 0,
  partially_succeeded: 0,
  failed: 0,
  cancelled: 0,
  timed_out: 0,
};

/** How many jobs have been counted as ended. */
export const endedJobs = ({ counts }: Pick<Batch, 'counts'>): number =>
  finalStates.reduce((sum, state) => sum + counts[state], 0);

/** Whether every job has been counted as ended. */
export const isComplete = (batch: Pick<Batch, 'counts' | 'jobs'>): boolean => endedJobs(batch) >= batch.jobs;
