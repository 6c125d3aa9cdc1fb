import { statusBody } from '#shared/http/job-status.ts';
import { jsonResponse } from '#shared/http/response.ts';
import { retryAfter } from './answers.ts';
import { findJob } from './find-job.ts';
import type { Gateway } from './gateway.ts';
import type { Route } from './router.ts';

/** Adobe's status call. Reads only the table; the URLs of the outputs are signed anew each time. */
export const status = (gateway: Gateway): Route => ({
  method: 'GET',
  path: '/v3/status/{jobId}',
  handle: async (request) => {
    const job = await findJob(gateway, request);
    const outputs = job.state === 'succeeded' ? (job.outputs ?? []) : [];
    const urls = await Promise.all(outputs.map(gateway.presign));
    return jsonResponse(200, statusBody(job, urls), retryAfter(job, gateway.table.clock.now()));
  },
});
