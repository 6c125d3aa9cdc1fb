import { jobRecord as recordOf } from '#shared/http/job-record.ts';
import { jsonResponse } from '#shared/http/response.ts';
import { countLimit, positionOf } from '#shared/jobs/queue.ts';
import { findJob } from './find-job.ts';
import type { Gateway } from './gateway.ts';
import { jobRecord as recordSchema } from './openapi/components.ts';
import { recordLinks } from './record-links.ts';
import type { Route } from './router.ts';

/** The gateway's full record of a job, with its position while it is queued: 1 is served next. */
export const jobRecord = ({ table }: Pick<Gateway, 'table'>): Route => ({
  method: 'GET',
  path: '/jobs/{jobId}',
  describe: {
    tag: 'Jobs',
    summary: 'Everything about a job',
    answers: { 200: { description: 'Its record', content: { 'application/json': recordSchema } } },
    errors: [404],
  },
  handle: async (request) => {
    const job = await findJob({ table }, request);
    const position = job.state === 'queued' ? (await positionOf(table, job)) + 1 : undefined;
    return jsonResponse(200, {
      ...recordOf(job),
      links: recordLinks(request, job),
      queuePosition: position && Math.min(position, countLimit),
      // True where the queue is longer than what is counted.
      queuePositionIsMinimum: position && position > countLimit,
    });
  },
});
