import { lineJobSchema, lineJobs } from '#shared/batches/batch-jobs.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { requestOf } from '#shared/jobs/job.ts';
import type { InboxContext } from '../context.ts';
import { RefusedFileError } from './formats/refused-file.ts';
import type { PreparedLine } from './lines-file.ts';
import { storeLines } from './store-lines.ts';

const failedJob = lineJobSchema.pick({
  state: true,
  operation: true,
  modelVersion: true,
  request: true,
  priority: true,
  lineId: true,
});

/**
 * Makes the lines of a batch of the failed and timed out jobs of another one, in their order.
 *
 * @returns the number of lines
 * @throws {RefusedFileError} if the other batch or all of these jobs are gone
 */
export const prepareRetry = async (inbox: InboxContext, batchId: string, retryOf: string): Promise<number> => {
  const failed = await getBatch(inbox.table, retryOf);
  if (failed === undefined) throw new RefusedFileError('source_not_found', 'The batch to try again has been erased.');
  return storeLines(inbox, batchId, failedLines(inbox, retryOf, failed.lines ?? 0));
};

async function* failedLines({ table }: InboxContext, batchId: string, lines: number): AsyncGenerator<PreparedLine> {
  for await (const { jobs } of lineJobs(table, batchId, { last: lines }, failedJob)) {
    for (const [line, job] of [...jobs].sort(([a], [b]) => a - b)) {
      const { state, operation, modelVersion, priority, lineId } = job;
      if (state !== 'failed' && state !== 'timed_out') continue;
      const id = lineId ?? String(line);
      yield { kind: 'request', json: JSON.stringify({ operation, modelVersion, body: requestOf(job), priority, id }) };
    }
  }
}
