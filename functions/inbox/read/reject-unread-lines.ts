import type { LineCounts, ReadPosition } from '#shared/batches/batch.ts';
import { lineJobSchema, lineJobs } from '#shared/batches/batch-jobs.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { type SkippedLine, saveSkippedLines } from '#shared/batches/line-items.ts';
import type { InboxContext } from '../context.ts';

const error = {
  code: 'line_not_read',
  message: 'The gateway could not go on reading the file here, though it was tried many times. Send the line again.',
};

/**
 * Gives up reading a file of which some lines may be jobs: the others are reported as rejected, so that the batch ends.
 *
 * @param from where the lines begin that nobody knows about
 * @returns what all lines of the file have become
 */
export const rejectUnread = async (
  { table, log }: InboxContext,
  batchId: string,
  from: ReadPosition & LineCounts,
): Promise<LineCounts> => {
  const { lines = 0 } = (await getBatch(table, batchId)) ?? {};
  const counts: LineCounts = { jobs: from.jobs, rejected: from.rejected, skipped: from.skipped, blank: from.blank };
  const unreadLines = { first: from.line, last: lines };
  for await (const { first, last, jobs } of lineJobs(
    table,
    batchId,
    unreadLines,
    lineJobSchema.pick({ jobId: true }),
  )) {
    const unread: SkippedLine[] = [];
    for (let line = first; line <= last; line += 1)
      if (!jobs.has(line)) unread.push({ line, state: 'rejected', error });
    await saveSkippedLines(table, batchId, unread);
    counts.jobs += jobs.size;
    counts.rejected += unread.length;
  }
  log.error('The rest of a batch could not be read and was rejected.', { batchId, line: from.line, lines });
  return counts;
};
