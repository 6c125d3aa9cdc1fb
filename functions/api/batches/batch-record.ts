import { type Batch, endedJobs } from '#shared/batches/batch.ts';

/** The gateway's view of a batch. Its counts add up to the lines that have been read. */
export const batchRecord = (batch: Batch): Record<string, unknown> => ({
  batchId: batch.batchId,
  status: batch.state,
  priority: batch.priority,
  source: batch.source && { bucket: batch.source.bucket, key: batch.source.key, versionId: batch.source.versionId },
  retryOf: batch.retryOf,
  /** Known once the file has been read through. */
  lines: batch.lines,
  counts: {
    /** Jobs that wait or run. */
    unfinished: Math.max(0, batch.jobs - endedJobs(batch)),
    ...batch.counts,
    // Lines that never became jobs were cancelled as well.
    cancelled: batch.counts.cancelled + batch.skipped,
    rejected: batch.rejected,
    blank: batch.blank,
  },
  error: batch.error,
  createdAt: batch.createdAt,
  startedAt: batch.startedAt,
  updatedAt: batch.updatedAt,
  finishedAt: batch.finishedAt,
  cancelRequestedAt: batch.cancelRequestedAt,
});
