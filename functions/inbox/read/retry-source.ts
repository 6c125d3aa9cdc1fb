import type * as z from 'zod';
import { lineJobSchema, lineJobs } from '#shared/batches/batch-jobs.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { exactRequestOf } from '#shared/jobs/job.ts';
import { readRequests, type StoredRequest } from '#shared/jobs/request-store.ts';
import { once } from '#shared/once.ts';
import type { InboxContext } from '../context.ts';
import { type FileNotes, type PreparedLine, RefusedFileError } from './prepared-line.ts';

const failedJob = once(() =>
  lineJobSchema().pick({
    jobId: true,
    requestHash: true,
    holdsRequest: true,
    state: true,
    operation: true,
    modelVersion: true,
    priority: true,
    lineId: true,
    row: true,
    columns: true,
    outputName: true,
    labels: true,
  }),
);

type FailedJob = z.output<ReturnType<typeof failedJob>>;

/**
 * Reads the failed and timed out jobs of a batch as the lines of a new one, in their order, with what stood beside them.
 *
 * @throws {RefusedFileError} if the batch has been erased
 */
export async function* readFailedJobs(
  { table }: Pick<InboxContext, 'table'>,
  batchId: string,
  notes: FileNotes,
): AsyncGenerator<PreparedLine> {
  const batch = await getBatch(table, batchId);
  if (batch === undefined) throw new RefusedFileError('source_not_found', 'The batch to try again has been erased.');
  notes.columns = batch.columns ?? [];
  for await (const { jobs } of lineJobs(table, batchId, { last: batch.lines ?? 0 }, failedJob())) {
    const failed = [...jobs].filter(([, { state }]) => state === 'failed' || state === 'timed_out');
    const requests = await readRequests(
      table,
      failed.map(([, job]) => job),
    );
    for (const [line, job] of failed.sort(([a], [b]) => a - b)) yield toLine(job, line, requests.get(job.jobId));
  }
}

const toLine = (job: FailedJob, line: number, request: StoredRequest = { request: '' }): PreparedLine => {
  const { operation, modelVersion, priority, lineId, row, columns, outputName, labels } = job;
  // Safe and unique already, it is given out as it is.
  const name = outputName?.name;
  const id = lineId ?? String(line);
  let body: unknown;
  try {
    body = exactRequestOf(request);
  } catch {
    return {
      kind: 'error',
      code: 'invalid_json',
      message: 'The request of the failed job cannot be read any more.',
      id,
      row,
      columns,
    };
  }
  return {
    kind: 'request',
    json: JSON.stringify({ operation, modelVersion, body, priority, id, name, labels }),
    row,
    columns,
  };
};
