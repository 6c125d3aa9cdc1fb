import * as z from 'zod';
import type { Job, JobState } from '#shared/jobs/job.ts';
import type { ApiContext } from '../context.ts';
import { jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { findJob } from './find.ts';
import { retryAfter, viewResult } from './responses.ts';

/** Adobe's status body (Adobe: `GET /v3/status/{jobId}`). */
export const jobStatus = z
  .object({
    status: z.enum(['pending', 'running', 'succeeded', 'failed', 'cancelled', 'timeout']),
    jobId: z.uuid(),
    result: z.looseObject({}).optional().meta({ description: 'Once it has succeeded, as the operation describes it' }),
    error_code: z.string().optional(),
    message: z.string().optional(),
  })
  .meta({ id: 'JobStatus' });

type JobStatus = z.output<typeof jobStatus>;

const adobeWords: Record<JobState, JobStatus['status']> = {
  queued: 'pending',
  scheduled: 'pending',
  submitting: 'pending',
  running: 'running',
  storing: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  timed_out: 'timeout',
};

/** Adobe's status call. Reads only the table; the URLs of the outputs are signed anew each time. */
export const statusRoute = ({ table, objects }: Pick<ApiContext, 'table' | 'objects'>): Route => ({
  method: 'GET',
  path: '/v3/status/{jobId}',
  describe: {
    tag: 'Firefly',
    summary: 'Status of a job',
    answers: {
      200: {
        description: 'As far as it is; the URLs of outputs are signed anew each time',
        content: { 'application/json': jobStatus },
        headers: { 'retry-after': 'Seconds until asking again makes sense; none once the job has ended' },
      },
    },
    errors: [404],
  },
  handle: async (request) => {
    const job = await findJob({ table }, request);
    const outputs = job.state === 'succeeded' ? (job.outputs ?? []) : [];
    const urls = await Promise.all(outputs.map(objects.presignGet));
    return jsonResponse(200, viewStatus(job, urls), retryAfter(job, table.clock.now()));
  },
});

const viewStatus = (job: Job, urls: readonly string[]): JobStatus => ({
  status: adobeWords[job.state],
  jobId: job.jobId,
  result: job.state === 'succeeded' ? viewResult(job, urls) : undefined,
  error_code: job.error?.code,
  message: job.error?.message,
});
