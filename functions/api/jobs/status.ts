import type { Gateway } from '../context.ts';
import { jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { jobStatus } from '../openapi/components.ts';
import { findJob } from './find.ts';
import { statusBody } from './job-status.ts';
import { retryAfter } from './responses.ts';

/** Adobe's status call. Reads only the table; the URLs of the outputs are signed anew each time. */
export const status = (gateway: Gateway): Route => ({
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
    const job = await findJob(gateway, request);
    const outputs = job.state === 'succeeded' ? (job.outputs ?? []) : [];
    const urls = await Promise.all(outputs.map(gateway.presign));
    return jsonResponse(200, statusBody(job, urls), retryAfter(job, gateway.table.clock.now()));
  },
});
