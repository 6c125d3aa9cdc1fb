import { isOver } from '#shared/batches/batch.ts';
import { type ReportFormat, reportKey } from '#shared/batches/batch-files.ts';
import type { Gateway } from '../context.ts';
import { ProblemError } from '../http/problem.ts';
import { emptyResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { findBatch } from './find-batch.ts';
import { onBatch } from './view.ts';

/** The stable address of a batch's report: redirects to a URL that is signed at this moment. */
export const batchReport = (
  gateway: Pick<Gateway, 'table' | 'presign' | 'batchFiles'>,
  format: ReportFormat,
): Route => ({
  method: 'GET',
  path: `/batches/{batchId}/report.${format}`,
  describe: onBatch(
    'The report: what became of each line',
    { 302: { description: 'To the file', headers: { location: 'A presigned URL' } } },
    [409],
  ),
  handle: async (request) => {
    const { batchId, state } = await findBatch(gateway, request);
    if (!isOver(state)) {
      throw new ProblemError(409, 'batch_not_finished', 'The report is written when all jobs of the batch have ended.');
    }
    const { bucket } = gateway.batchFiles;
    return emptyResponse(302, { location: await gateway.presign({ bucket, key: reportKey(batchId, format) }) });
  },
});
