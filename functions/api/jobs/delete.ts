import { getBatch } from '#shared/batches/batch-store.ts';
import { eraseJob } from '#shared/erasing/erase-job.ts';
import { isFinal } from '#shared/jobs/job.ts';
import type { ApiContext } from '../context.ts';
import { auditChange } from '../http/audit.ts';
import { emptyResponse, ProblemError } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { findJob } from './get.ts';

/** Erases a finished job with its prompt and all versions of its outputs. */
export const deleteRoute = (
  context: Pick<ApiContext, 'table' | 'audit' | 'bus' | 'log' | 'recordMetric' | 'triggerDispatch' | 'objects'>,
): Route => ({
  method: 'DELETE',
  path: '/jobs/{jobId}',
  describe: {
    tag: 'Jobs',
    summary: 'Erase a finished job with its prompt and all versions of its outputs',
    answers: { 204: { description: 'Erased' } },
    errors: [404, 409, 503],
  },
  handle: async (request) => {
    const job = await findJob(context, request);
    if (!isFinal(job.state)) {
      throw new ProblemError(409, 'job_not_finished', 'The job has not finished yet: cancel it first.');
    }
    // A crash would have its lines read once more, and a line without a job becomes one.
    const batch = job.batchId === undefined ? undefined : await getBatch(context.table, job.batchId);
    if (batch?.state === 'reading') {
      throw new ProblemError(
        409,
        'batch_not_read',
        'The file of its batch is still being read: try again in a minute.',
        {
          headers: { 'retry-after': '60' },
        },
      );
    }
    const erased = await eraseJob({ ...context, eraseObjects: context.objects.erase }, job);
    if (!erased) {
      throw new ProblemError(503, 'service_unavailable', 'The outputs are erased, the record not yet: try again.', {
        headers: { 'retry-after': '60' },
      });
    }
    await auditChange(context, request, 'job erased', { jobId: job.jobId });
    return emptyResponse(204);
  },
});
